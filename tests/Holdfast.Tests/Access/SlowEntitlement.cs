using System.Numerics;
using Holdfast.Access;
using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Access;

/// <summary>
/// The rules of access a second time, written from <c>docs/access.md</c> in loops that a person can follow by hand, to
/// be compared with the real thing. It shares no code with it but the types.
/// </summary>
internal static class SlowEntitlement
{
    public sealed record Answer(bool Allowed, string? Plan, long? Limit, long? Quantity, DateTimeOffset? Until);

    private sealed record Candidate(
        BigInteger Limit, bool HasLimit, DateTimeOffset Until, int Place, string Source, string Plan, long Quantity);

    private static readonly Answer Refused = new(false, null, null, null, null);

    public static Answer Check(AccessFacts facts, Plans plans, string feature, DateTimeOffset now)
    {
        List<Candidate> candidates = [];
        for (var place = 0; place < plans.All.Count; place++)
        {
            var plan = plans.All[place];
            if (!plan.Features.TryGetValue(feature, out var value) || value is Feature.Withheld)
            {
                continue;
            }

            foreach (var subscription in facts.Subscriptions)
            {
                var items = subscription.Items
                    .Where(item => PlanOf(plans, item.Price, item.LookupKey, item.Product) == plan.Id)
                    .ToList();
                if (items.Count > 0 && IsGood(subscription, plans.PastDue, now))
                {
                    var until = UntilOf(subscription, items) ?? DateTimeOffset.MaxValue;
                    Consider(value, items.Select(item => item.Quantity), until, place, subscription.Id, plan.Id);
                }
            }

            foreach (var source in facts.Purchases.Select(purchase => purchase.Source).Distinct())
            {
                var lines = facts.Purchases
                    .Where(purchase => purchase.Source == source && !purchase.IsRefunded && !purchase.IsDisputeLost)
                    .Where(line => PlanOf(plans, line.Price, line.LookupKey, line.Product) == plan.Id)
                    .ToList();
                if (lines.Count > 0)
                {
                    var quantities = lines.Select(line => line.Quantity);
                    Consider(value, quantities, DateTimeOffset.MaxValue, place, source, plan.Id);
                }
            }
        }

        Candidate? best = null;
        foreach (var candidate in candidates)
        {
            best = best is null || Beats(candidate, best) ? candidate : best;
        }

        if (facts.ActiveFeatures.Any(active => active == feature) && best is not { HasLimit: false })
        {
            return Refused with { Allowed = true };
        }

        return best is null
            ? Refused
            : new(
                !best.HasLimit || best.Limit > 0,
                best.Plan,
                best.HasLimit ? (long)best.Limit : null,
                best.Quantity,
                best.Until == DateTimeOffset.MaxValue ? null : best.Until);

        void Consider(
            Feature value, IEnumerable<long> quantities, DateTimeOffset until, int place, string source, string plan)
        {
            var total = BigInteger.Zero;
            foreach (var quantity in quantities)
            {
                total += quantity > 0 ? quantity : 0;
            }

            total = total > long.MaxValue ? long.MaxValue : total;
            if (total == 0)
            {
                return;
            }

            var limit = BigInteger.Zero;
            if (value is Feature.UpTo upTo)
            {
                limit = upTo.Limit;
            }
            else if (value is Feature.PerQuantity perQuantity)
            {
                limit = perQuantity.Each * total;
            }

            limit = limit > long.MaxValue ? long.MaxValue : limit;
            candidates.Add(new(limit, value is not Feature.Unlimited, until, place, source, plan, (long)total));
        }
    }

    private static bool Beats(Candidate one, Candidate other)
    {
        if (one.HasLimit != other.HasLimit)
        {
            return !one.HasLimit;
        }

        if (one.HasLimit && one.Limit != other.Limit)
        {
            return one.Limit > other.Limit;
        }

        if (one.Until != other.Until)
        {
            return one.Until > other.Until;
        }

        return one.Place != other.Place
            ? one.Place < other.Place
            : string.CompareOrdinal(one.Source, other.Source) < 0;
    }

    private static string? PlanOf(Plans plans, string? price, string? lookupKey, string? product)
    {
        foreach (var plan in plans.All)
        {
            if (price is not null && plan.Prices.Contains(price))
            {
                return plan.Id;
            }
        }

        foreach (var plan in plans.All)
        {
            if (lookupKey is not null && plan.LookupKeys.Contains(lookupKey))
            {
                return plan.Id;
            }
        }

        foreach (var plan in plans.All)
        {
            if (product is not null && plan.Products.Contains(product))
            {
                return plan.Id;
            }
        }

        return null;
    }

    private static bool IsGood(Subscription subscription, PastDuePolicy pastDue, DateTimeOffset now)
    {
        var mayGrant = subscription.Status == "active"
            || subscription.Status == "trialing"
            || (subscription.Status == "past_due" && pastDue == PastDuePolicy.Keep);
        var end = EndOf(subscription);
        return mayGrant && (subscription.IsOnTestClock || end is null || now < end);
    }

    private static DateTimeOffset? EndOf(Subscription subscription)
    {
        if (subscription.CancelAt is not null)
        {
            return subscription.CancelAt;
        }

        return subscription.CancelAtPeriodEnd ? subscription.CurrentPeriodEndsAt : null;
    }

    private static DateTimeOffset? UntilOf(Subscription subscription, List<SubscriptionItem> items)
    {
        var period = subscription.CurrentPeriodEndsAt;
        var ofItems = items.Where(item => item.CurrentPeriodEndsAt is not null).ToList();
        if (ofItems.Count > 0)
        {
            period = ofItems.Select(item => item.CurrentPeriodEndsAt).Order().First();
        }

        if (subscription.Status == "trialing" && subscription.TrialEndsAt is not null)
        {
            period = subscription.TrialEndsAt;
        }

        var end = EndOf(subscription);
        return period is null || (end is not null && end < period) ? end : period;
    }
}
