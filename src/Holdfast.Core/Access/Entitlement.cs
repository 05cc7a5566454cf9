namespace Holdfast.Access;

/// <summary>
/// May this account use this now? A pure function of what is held, the plans and the moment: computed at each question,
/// never stored, so no missed event can leave an old answer behind.
/// </summary>
public static class Entitlement
{
    /// <summary>Answers by the most generous grant; the order of the facts never matters.</summary>
    public static AccessAnswer Check(AccessFacts facts, Plans plans, string feature, DateTimeOffset now)
    {
        var grants = Grants(facts, plans, now);
        var best = grants
            .Where(grant => grant.GrantsNow)
            .Select(grant => Allowance.Of(grant, plans, feature))
            .OfType<Allowance>()
            .OrderByDescending(allowance => allowance.Limit is null)
            .ThenByDescending(allowance => allowance.Limit)
            .ThenByDescending(allowance => allowance.Grant.Until ?? DateTimeOffset.MaxValue)
            .FirstOrDefault();

        // Stripe's entitlements know no limits, so only a plan without one says as much and more.
        return best switch
        {
            { Limit: null } => Allow(best),
            _ when facts.ActiveFeatures.Contains(feature) => new()
            {
                Allowed = true,
                Reason = $"the feature {Wording.Quote(feature)} is among the customer's active entitlements at Stripe",
            },
            { Limit: > 0 } => Allow(best),
            { Limit: var none } => new()
            {
                Allowed = false,
                Reason = $"{Holds(best.Grant)} has a limit of 0 for {Wording.Quote(feature)}",
                Plan = best.Grant.Plan,
                Limit = none,
                Quantity = best.Grant.Quantity,
                Until = best.Grant.Until,
            },
            null => new() { Allowed = false, Reason = WhyNothing(facts, plans, grants, feature) },
        };
    }

    /// <summary>
    /// Every plan that the facts lead to, with those that grant nothing now and the reason: by plan in the order of the
    /// file, then by source.
    /// </summary>
    public static IReadOnlyList<Grant> Grants(AccessFacts facts, Plans plans, DateTimeOffset now) =>
    [
        .. facts.Subscriptions
            .SelectMany(one => GrantRules.By(one, facts.Evidence.GetValueOrDefault(one.Id), plans, now))
            .Concat(GrantRules.By(facts.Purchases, facts.Evidence, plans))
            .OrderBy(found => plans.PlaceOf(found.Plan))
            .ThenBy(found => found.Grant.Source, StringComparer.Ordinal)
            // The rest only orders what should not be: the same source twice, in two states.
            .ThenBy(found => found.Grant.WhyNot, StringComparer.Ordinal)
            .ThenBy(found => found.Grant.Status, StringComparer.Ordinal)
            .ThenByDescending(found => found.Grant.Quantity)
            .ThenByDescending(found => found.Grant.Until)
            .ThenBy(found => found.Grant.Origin)
            .Select(found => found.Grant),
    ];

    private static AccessAnswer Allow(Allowance best) => new()
    {
        Allowed = true,
        Reason = Holds(best.Grant),
        Plan = best.Grant.Plan,
        Limit = best.Limit,
        Quantity = best.Grant.Quantity,
        Until = best.Grant.Until,
    };

    private static string WhyNothing(AccessFacts facts, Plans plans, IReadOnlyList<Grant> grants, string feature)
    {
        if (!plans.Names(feature))
        {
            var known = plans.Features.Concat(facts.ActiveFeatures);
            return $"the feature {Wording.Quote(feature)} is in no plan{Wording.DidYouMean(feature, known)}";
        }

        // What may come back says more than what is over for good.
        var missed = grants
            .Where(grant => !grant.GrantsNow && Allowance.Of(grant, plans, feature) is not null)
            .OrderBy(grant => grant.Status is "canceled" or "incomplete_expired" or "refunded" or "lost")
            .FirstOrDefault();
        var without = grants.FirstOrDefault(
            grant => grant.GrantsNow && plans.Find(grant.Plan)!.Features.ContainsKey(feature));
        return (missed, without) switch
        {
            ({ } grant, _) => $"{grant.Subject} would give plan {Wording.Quote(grant.Plan)} but {grant.WhyNot}",
            (null, { } grant) => $"{Holds(grant)} does not include {Wording.Quote(feature)}",
            _ => $"no plan with the feature {Wording.Quote(feature)} is held{WhatMayCome(facts)}",
        };
    }

    /// <summary>A purchase of which nobody knows what it was for may have been for this.</summary>
    private static string WhatMayCome(AccessFacts facts)
    {
        var sold = facts.Purchases.Select(purchase => purchase.Source).Concat(facts.Subscriptions.Select(one => one.Id));
        var waits = facts.Evidence
            .Where(one => one.Value.WaitsFor is not null)
            .ExceptBy(sold, one => one.Key)
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        return waits.Value is { } evidence ? $"; purchase {waits.Key} waits for {evidence.WaitsFor}" : "";
    }

    private static string Holds(Grant grant) => $"plan {Wording.Quote(grant.Plan)} by {grant.Subject} ({grant.Status})";

    /// <summary>What one grant lets one do with one feature; no limit is null.</summary>
    private sealed record Allowance(Grant Grant, long? Limit)
    {
        /// <returns>Null when the plan does not have the feature, or withholds it.</returns>
        public static Allowance? Of(Grant grant, Plans plans, string feature) =>
            plans.Find(grant.Plan)!.Features.GetValueOrDefault(feature) switch
            {
                Feature.Unlimited => new(grant, Limit: null),
                Feature.UpTo(var limit) => new(grant, limit),
                Feature.PerQuantity each => new(grant, each.LimitAt(grant.Quantity)),
                _ => null,
            };
    }
}
