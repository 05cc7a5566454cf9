using Holdfast.Access;
using Holdfast.Mirror;
using Holdfast.Stripe;

namespace Holdfast.Apply;

/// <summary>Something to be asked of Stripe, because access needs to know it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Query">Beside those by which a list is paged.</param>
/// <param name="IsList">It is a list, to be read to its end.</param>
/// <param name="Owner">Whose parts the answers are, where they do not say it themselves.</param>
internal sealed record Lookup(
    string Path, IReadOnlyList<(string Name, string Value)> Query, bool IsList, MirroredObject? Owner = null)
{
    /// <summary>What Stripe may know of what is missing.</summary>
    public static IReadOnlyList<Lookup> For(GrantSource source, Known known)
    {
        Need.Missing[] missing = [.. known.Needs.OfType<Need.Missing>().Where(need => need.Name is not Need.LineItems)];
        var isWithoutCheckout = missing.Any(need => need.LookedAt.All(key => key.Type is not "checkout.session"));
        var lookups = new List<Lookup>();
        if (source.Checkout is not null && !known.HasItems)
        {
            lookups.Add(new($"{ObjectPaths.Of(source.Key.Type, source.Key.Id)}/line_items", [], IsList: true, source.Row));
        }

        if (source.Subscription is not null && isWithoutCheckout)
        {
            // Nothing in a subscription tells of the checkout that it came from.
            lookups.Add(new("/v1/checkout/sessions", [("subscription", source.Key.Id)], IsList: true));
        }

        lookups.AddRange(missing.SelectMany(need => need.NotHeld).Distinct()
            .Select(key => ObjectPaths.Of(key.Type, key.Id))
            .OfType<string>()
            .Select(path => new Lookup(path, [], IsList: false)));
        return lookups;
    }
}
