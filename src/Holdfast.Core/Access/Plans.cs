using System.Collections.Frozen;

namespace Holdfast.Access;

/// <summary>The whole of <c>plans.json</c>: what is sold, what it lets one do, and what a late payment means.</summary>
public sealed class Plans
{
    /// <summary>A larger file is refused before it is read: it would not be a list of plans.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly FrozenDictionary<string, Plan> _byId;
    private readonly FrozenDictionary<string, Plan> _byPrice;
    private readonly FrozenDictionary<string, Plan> _byLookupKey;
    private readonly FrozenDictionary<string, Plan> _byProduct;
    private readonly FrozenDictionary<string, int> _places;
    private readonly FrozenSet<string> _features;

    internal Plans(IReadOnlyList<Plan> all, PastDuePolicy pastDue)
    {
        All = all;
        PastDue = pastDue;
        _byId = all.ToFrozenDictionary(plan => plan.Id, StringComparer.Ordinal);
        _byPrice = ByWay(plan => plan.Prices);
        _byLookupKey = ByWay(plan => plan.LookupKeys);
        _byProduct = ByWay(plan => plan.Products);
        _places = all.Index().ToFrozenDictionary(at => at.Item.Id, at => at.Index, StringComparer.Ordinal);
        _features = all.SelectMany(plan => plan.Features.Keys).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>In the order of the file, which breaks ties between equally generous plans.</summary>
    public IReadOnlyList<Plan> All { get; }

    public PastDuePolicy PastDue { get; }

    /// <summary>Reads the file's bytes; never throws for what is in them.</summary>
    public static PlansFile Parse(ReadOnlySpan<byte> json) => PlansParser.Parse(json);

    public Plan? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The plan that something sold at Stripe leads to, or null when it leads to none.</summary>
    /// <remarks>
    /// Ways may lead to different plans: a price wins over a lookup key, and that over a product. A price is the
    /// narrowest thing one can buy, so naming one is the most deliberate rule; a lookup key moves from price to price;
    /// a product stands for all of its prices, those of tomorrow included.
    /// </remarks>
    public Plan? Matching(string? price, string? lookupKey, string? product) =>
        Look(_byPrice, price) ?? Look(_byLookupKey, lookupKey) ?? Look(_byProduct, product);

    /// <summary>Whether any plan names this feature, be it only to withhold it.</summary>
    public bool Names(string feature) => _features.Contains(feature);

    internal IEnumerable<string> Features => _features;

    internal int PlaceOf(Plan plan) => _places[plan.Id];

    private static Plan? Look(FrozenDictionary<string, Plan> plans, string? key) =>
        key is null ? null : plans.GetValueOrDefault(key);

    private FrozenDictionary<string, Plan> ByWay(Func<Plan, IReadOnlyList<string>> way) =>
        All.SelectMany(plan => way(plan), (plan, key) => (plan, key))
            .ToFrozenDictionary(pair => pair.key, pair => pair.plan, StringComparer.Ordinal);
}

/// <summary>What a subscription that is <c>past_due</c> means for access.</summary>
public enum PastDuePolicy
{
    /// <summary>
    /// It goes on granting. This is the default, since a card's retries take days and most of them succeed: whoever
    /// revokes at the first failure locks out customers who are about to pay. When the retries are exhausted, Stripe
    /// moves the subscription to <c>canceled</c> or <c>unpaid</c>, which ends access.
    /// </summary>
    /// <remarks>https://docs.stripe.com/billing/revenue-recovery/smart-retries</remarks>
    Keep,

    /// <summary>It stops granting until Stripe says <c>active</c> again.</summary>
    Revoke,
}
