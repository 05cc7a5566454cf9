using System.Globalization;
using Holdfast.Mirror.Readers;

namespace Holdfast.Access;

/// <summary>What a subscription or a purchase grants, and why not where it does not.</summary>
internal static class GrantRules
{
    public static IEnumerable<(Plan Plan, Grant Grant)> By(
        Subscription subscription, Evidence? evidence, Plans plans, DateTimeOffset now) =>
        from item in subscription.Items
        let plan = plans.Matching(item.Price, item.LookupKey, item.Product)
        where plan is not null
        group item by plan into held
        let quantity = Sum(held.Select(item => item.Quantity))
        select (held.Key, new Grant
        {
            Plan = held.Key.Id,
            Source = subscription.Id,
            Origin = GrantOrigin.Subscription,
            Status = subscription.Status,
            Quantity = quantity,
            Until = PaidThrough(subscription, held),
            WhyNot = WhyNot(subscription, plans.PastDue, now) ?? WhyNot(evidence) ?? WhyNot(quantity),
            KnownFrom = evidence?.KnownFrom ?? [],
        });

    public static IEnumerable<(Plan Plan, Grant Grant)> By(
        IReadOnlyList<Purchase> purchases, IReadOnlyDictionary<string, Evidence> evidence, Plans plans) =>
        from purchase in purchases
        let plan = plans.Matching(purchase.Price, purchase.LookupKey, purchase.Product)
        where plan is not null
        group purchase by (plan, purchase.Source, purchase.IsRefunded, purchase.IsDisputeLost) into held
        let quantity = Sum(held.Select(purchase => purchase.Quantity))
        let fate = Fate(held.Key.IsRefunded, held.Key.IsDisputeLost)
        let known = evidence.GetValueOrDefault(held.Key.Source)
        select (held.Key.plan, new Grant
        {
            Plan = held.Key.plan.Id,
            Source = held.Key.Source,
            Origin = GrantOrigin.Purchase,
            Status = fate.Status,
            Quantity = quantity,
            WhyNot = fate.WhyNot ?? WhyNot(known) ?? WhyNot(quantity),
            KnownFrom = known?.KnownFrom ?? [],
        });

    /// <summary>Access follows the subscription's status, and the end that it carries in itself.</summary>
    /// <remarks>https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses</remarks>
    private static string? WhyNot(Subscription subscription, PastDuePolicy pastDue, DateTimeOffset now) =>
        subscription.Status switch
        {
            "past_due" when pastDue is PastDuePolicy.Revoke => "is past_due, and the policy for that is \"revoke\"",
            "active" or "trialing" or "past_due" =>
                EndsAt(subscription) is { } end && end <= now ? $"ended by itself at {Show(end)}" : null,
            "canceled" or "unpaid" or "incomplete" or "incomplete_expired" or "paused" => $"is {subscription.Status}",
            var unknown => $"has the status {Wording.Quote(unknown)}, which is not known to grant anything",
        };

    /// <summary>Nothing is granted by a guess.</summary>
    private static string? WhyNot(Evidence? evidence) => evidence?.WaitsFor is { } need ? $"waits for {need}" : null;

    /// <summary>Nobody bought any: Stripe lets an item stand at 0, and asks nothing for it.</summary>
    private static string? WhyNot(long quantity) => quantity > 0 ? null : "has a quantity of 0";

    /// <summary>
    /// When it ends by itself. It grants nothing from that moment on, though the event that says so may still be on its
    /// way. Null on a test clock, whose moments cannot be compared with now: there only the status speaks.
    /// </summary>
    private static DateTimeOffset? EndsAt(Subscription subscription) => subscription switch
    {
        { IsOnTestClock: true } => null,
        { CancelAt: { } moment } => moment,
        { CancelAtPeriodEnd: true } => subscription.CurrentPeriodEndsAt,
        _ => null,
    };

    private static DateTimeOffset? PaidThrough(Subscription subscription, IEnumerable<SubscriptionItem> items)
    {
        var period = subscription is { Status: "trialing", TrialEndsAt: { } trial }
            ? trial
            : items.Min(item => item.CurrentPeriodEndsAt) ?? subscription.CurrentPeriodEndsAt;
        var end = subscription.CancelAt ?? (subscription.CancelAtPeriodEnd ? subscription.CurrentPeriodEndsAt : null);
        return end < period || period is null ? end : period;
    }

    private static (string Status, string? WhyNot) Fate(bool isRefunded, bool isDisputeLost) =>
        (isDisputeLost, isRefunded) switch
        {
            (true, _) => ("lost", "was lost in a dispute"),
            (_, true) => ("refunded", "was refunded in full"),
            _ => ("paid", null),
        };

    internal static long Sum(IEnumerable<long> quantities) =>
        (long)Int128.Min(long.MaxValue, quantities.Aggregate(Int128.Zero, (sum, next) => sum + Math.Max(0, next)));

    private static string Show(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
