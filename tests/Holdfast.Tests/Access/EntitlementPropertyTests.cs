using FsCheck;
using FsCheck.Fluent;
using Holdfast.Access;
using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Access;

/// <summary>What holds for all plans and facts. A failure prints the seed that repeats it.</summary>
public sealed class EntitlementPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true);

    /// <summary>Two answers to one question, which a failure prints.</summary>
    private sealed record Answers<T>(string Feature, T One, T Other);

    [Fact]
    public void The_order_of_the_facts_never_matters_for_an_answer() => Hold(
        from plans in Market.Plans
        from facts in Market.Facts
        from shuffled in Shuffled(facts)
        from feature in Gen.Elements(Market.Features)
        select new Answers<AccessAnswer>(feature, Check(facts, plans, feature), Check(shuffled, plans, feature)),
        answers => answers.One == answers.Other);

    [Fact]
    public void The_order_of_the_facts_never_matters_for_the_grants() => Hold(
        from plans in Market.Plans
        from facts in Market.Facts
        from shuffled in Shuffled(facts)
        select (Entitlement.Grants(facts, plans, Sold.Now), Entitlement.Grants(shuffled, plans, Sold.Now)),
        grants => grants.Item1.SequenceEqual(grants.Item2));

    [Fact]
    public void Another_fact_never_takes_anything_away() => Hold(
        from plans in Market.Plans
        from facts in Market.Facts
        from subscription in Market.Subscription
        from purchase in Market.Purchase
        from feature in Gen.Elements(Market.Features)
        from more in Gen.Elements(
            facts with { Subscriptions = [.. facts.Subscriptions, subscription] },
            facts with { Purchases = [.. facts.Purchases, purchase] },
            facts with { ActiveFeatures = [.. facts.ActiveFeatures, feature] })
        select new Answers<AccessAnswer>(feature, Check(facts, plans, feature), Check(more, plans, feature)),
        answers => IsNoLess(answers.Other, answers.One));

    [Fact]
    public void The_slow_and_plain_model_agrees() => Hold(
        from plans in Market.Plans
        from facts in Market.Facts
        from feature in Gen.Elements(Market.Features)
        let answer = Check(facts, plans, feature)
        select new Answers<SlowEntitlement.Answer>(
            feature,
            new(answer.Allowed, answer.Plan, answer.Limit, answer.Quantity, answer.Until),
            SlowEntitlement.Check(facts, plans, feature, Sold.Now)),
        answers => answers.One == answers.Other);

    [Fact]
    public void Chance_brings_up_every_kind_of_answer()
    {
        var answers = (from plans in Market.Plans from facts in Market.Facts select Check(facts, plans, "f1"))
            .Sample(1_000, new Rnd(17), size: 10)
            .ToList();

        Assert.Contains(answers, answer => answer is { Allowed: true, Plan: null });
        Assert.Contains(answers, answer => answer is { Allowed: true, Plan: not null, Limit: null });
        Assert.Contains(answers, answer => answer is { Allowed: true, Plan: not null, Limit: > 0 });
        Assert.Contains(answers, answer => answer is { Allowed: false, Limit: 0 });
        Assert.Contains(answers, answer => answer is { Allowed: false, Plan: null });
    }

    private static void Hold<T>(Gen<T> cases, Func<T, bool> claim) =>
        FsCheck.Check.One(Thorough, Prop.ForAll(cases.ToArbitrary(), claim));

    private static AccessAnswer Check(AccessFacts facts, Plans plans, string feature) =>
        Entitlement.Check(facts, plans, feature, Sold.Now);

    private static bool IsNoLess(AccessAnswer more, AccessAnswer less) =>
        !less.Allowed || (more.Allowed && (more.Limit ?? long.MaxValue) >= (less.Limit ?? long.MaxValue));

    private static Gen<AccessFacts> Shuffled(AccessFacts facts) =>
        from subscriptions in Gen.Shuffle([.. facts.Subscriptions])
        from purchases in Gen.Shuffle([.. facts.Purchases])
        from active in Gen.Shuffle([.. facts.ActiveFeatures])
        select new AccessFacts
        {
            Subscriptions = [.. subscriptions.Select(Reversed)],
            Purchases = purchases,
            ActiveFeatures = active,
        };

    private static Subscription Reversed(Subscription subscription) =>
        subscription with { Items = [.. subscription.Items.Reverse()] };
}
