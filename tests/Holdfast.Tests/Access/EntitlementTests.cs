using Holdfast.Access;
using Holdfast.Mirror.Readers;
using static Holdfast.Tests.Access.Sold;

namespace Holdfast.Tests.Access;

public sealed class EntitlementTests
{
    [Theory]
    [InlineData("active", true, true)]
    [InlineData("trialing", true, true)]
    [InlineData("past_due", true, false)]
    [InlineData("canceled", false, false)]
    [InlineData("unpaid", false, false)]
    [InlineData("incomplete", false, false)]
    [InlineData("incomplete_expired", false, false)]
    [InlineData("paused", false, false)]
    [InlineData("a_status_of_tomorrow", false, false)]
    [InlineData("Active", false, false)]
    [InlineData("", false, false)]
    public void The_status_decides_and_the_policy_where_it_is_past_due(string status, bool whenKept, bool whenRevoked)
    {
        var facts = Facts(Subscription(status: status));

        Assert.Equal(whenKept, Entitlement.Check(facts, Sold.Plans, "export", Now).Allowed);
        Assert.Equal(whenRevoked, Entitlement.Check(facts, RevokingPastDue, "export", Now).Allowed);
    }

    [Fact]
    public void An_answer_names_plan_limit_quantity_and_the_end_of_what_is_paid() =>
        Assert.Equal(
            new AccessAnswer
            {
                Allowed = true,
                Reason = """plan "pro" by subscription sub_1 (active)""",
                Plan = "pro",
                Limit = 6,
                Quantity = 3,
                Until = PeriodEnd,
            },
            Entitlement.Check(Facts(Subscription(items: Item("price_pro", quantity: 3))), Sold.Plans, "seats", Now));

    [Theory]
    [InlineData("canceled", """subscription sub_1 would give plan "pro" but is canceled""")]
    [InlineData("incomplete", """subscription sub_1 would give plan "pro" but is incomplete""")]
    [InlineData("incomplete_expired", """subscription sub_1 would give plan "pro" but is incomplete_expired""")]
    [InlineData("paused", """subscription sub_1 would give plan "pro" but is paused""")]
    [InlineData(
        "past_due",
        "subscription sub_1 would give plan \"pro\" but is past_due, and the policy for that is \"revoke\"")]
    [InlineData(
        "odd",
        "subscription sub_1 would give plan \"pro\" but has the status \"odd\", which is not known to grant anything")]
    public void A_refusal_names_the_subscription_that_would_grant(string status, string reason) =>
        Assert.Equal(
            new AccessAnswer { Allowed = false, Reason = reason },
            Entitlement.Check(Facts(Subscription(status: status)), RevokingPastDue, "export", Now));

    [Fact]
    public void A_refusal_names_what_may_come_back_rather_than_what_is_over()
    {
        var unpaid = Facts(Subscription("sub_2", "unpaid"));
        AccessFacts[] over =
        [
            Facts(Subscription("sub_1", "canceled")),
            Facts(Subscription("sub_1", "incomplete_expired")),
            Facts(Purchase("cs_1") with { IsRefunded = true }),
            Facts(Purchase("cs_1") with { IsDisputeLost = true }),
        ];

        Assert.All(over, facts => Assert.Equal(
            """subscription sub_2 would give plan "pro" but is unpaid""",
            Reason(facts with { Subscriptions = [.. facts.Subscriptions, .. unpaid.Subscriptions] }, "export")));
    }

    [Fact]
    public void A_refusal_blames_no_lost_plan_that_never_had_the_feature() =>
        Assert.Equal(
            """no plan with the feature "export" is held""",
            Reason(Facts(Subscription(status: "canceled", items: Item("price_basic"))), "export"));

    [Fact]
    public void A_refusal_blames_no_held_plan_that_does_not_name_the_feature() =>
        Assert.Equal(
            """no plan with the feature "export" is held""",
            Reason(Facts(Subscription(items: Item("price_none"))), "export"));

    [Fact]
    public void A_refusal_gives_the_status_and_not_the_quantity_where_both_forbid_it()
    {
        var canceled = Facts(Subscription(status: "canceled", items: Item("price_pro", quantity: 0)));
        var refunded = Facts(Purchase(quantity: 0) with { IsRefunded = true });

        Assert.EndsWith("but is canceled", Reason(canceled, "export"), StringComparison.Ordinal);
        Assert.EndsWith("but was refunded in full", Reason(refunded, "export"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_says_when_nothing_with_the_feature_is_held() =>
        Assert.Equal(
            """no plan with the feature "export" is held""",
            Reason(Facts(Subscription(items: Item("other"))), "export"));

    [Fact]
    public void A_refusal_says_when_the_plan_held_withholds_the_feature() =>
        Assert.Equal(
            "plan \"basic\" by subscription sub_1 (active) does not include \"export\"",
            Reason(Facts(Subscription(items: Item("price_basic"))), "export"));

    [Theory]
    [InlineData("exprot", """the feature "exprot" is in no plan; did you mean "export"?""")]
    [InlineData("Export", """the feature "Export" is in no plan; did you mean "export"?""")]
    [InlineData("seat", """the feature "seat" is in no plan; did you mean "seats"?""")]
    [InlineData("api", """the feature "api" is in no plan""")]
    [InlineData("", """the feature "" is in no plan""")]
    public void A_feature_that_no_plan_has_is_never_allowed(string feature, string reason) =>
        Assert.Equal(
            new AccessAnswer { Allowed = false, Reason = reason },
            Entitlement.Check(Facts(Subscription()), Sold.Plans, feature, Now));

    [Fact]
    public void A_feature_that_is_active_at_Stripe_is_suggested_like_those_of_the_plans() =>
        Assert.Equal(
            """the feature "reprots" is in no plan; did you mean "reports"?""",
            Reason(Facts(Subscription()) with { ActiveFeatures = ["reports"] }, "reprots"));

    [Fact]
    public void A_long_or_broken_feature_name_is_cut_and_escaped_in_the_reason()
    {
        var reason = Reason(Facts(Subscription()), $"a\n{new string('x', 77)}😀{new string('y', 100_000)}");

        Assert.StartsWith("""the feature "a\nxxx""", reason, StringComparison.Ordinal);
        Assert.EndsWith("…\" is in no plan", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 80, 140);
    }

    [Fact]
    public void A_limit_of_nothing_allows_nothing() =>
        Assert.Equal(
            new AccessAnswer
            {
                Allowed = false,
                Reason = "plan \"none\" by subscription sub_1 (active) has a limit of 0 for \"projects\"",
                Plan = "none",
                Limit = 0,
                Quantity = 1,
                Until = PeriodEnd,
            },
            Entitlement.Check(Facts(Subscription(items: Item("price_none"))), Sold.Plans, "projects", Now));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_quantity_of_nothing_grants_nothing(long quantity) =>
        Assert.Equal(
            """subscription sub_1 would give plan "pro" but has a quantity of 0""",
            Reason(Facts(Subscription(items: Item("price_pro", quantity: quantity))), "export"));

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void A_subscription_that_ends_by_itself_stops_at_that_moment(int ticksAfterEnd, bool allowed)
    {
        var end = Now.AddHours(-1);
        var byMoment = Facts(Subscription() with { CancelAt = end });
        var byPeriod = Facts(Subscription() with { CancelAtPeriodEnd = true, CurrentPeriodEndsAt = end });

        Assert.All([byMoment, byPeriod], facts =>
        {
            var answer = Entitlement.Check(facts, Sold.Plans, "export", end.AddTicks(ticksAfterEnd));
            Assert.Equal(allowed, answer.Allowed);
            Assert.Equal(allowed ? end : null, answer.Until);
            Assert.Equal(
                allowed
                    ? """plan "pro" by subscription sub_1 (active)"""
                    : """subscription sub_1 would give plan "pro" but ended by itself at 2026-03-15T11:00:00Z""",
                answer.Reason);
        });
    }

    [Theory]
    [InlineData("trialing")]
    [InlineData("past_due")]
    public void The_end_that_is_set_holds_in_every_status_that_grants(string status) =>
        Assert.False(Allowed(Facts(Subscription(status: status) with { CancelAt = Now })));

    [Fact]
    public void The_moment_that_is_set_wins_over_the_end_of_the_period()
    {
        var subscription = Subscription() with { CancelAtPeriodEnd = true, CurrentPeriodEndsAt = Now.AddDays(-1) };

        Assert.True(Allowed(Facts(subscription with { CancelAt = Now.AddDays(1) })));
    }

    [Fact]
    public void On_a_test_clock_only_the_status_speaks()
    {
        var ended = Subscription() with { CancelAt = Now.AddYears(-1), CancelAtPeriodEnd = true };

        Assert.False(Allowed(Facts(ended)));
        Assert.True(Allowed(Facts(ended with { IsOnTestClock = true })));
        Assert.False(Allowed(Facts(ended with { IsOnTestClock = true, Status = "canceled" })));
    }

    [Fact]
    public void A_subscription_that_renews_goes_on_past_what_is_paid()
    {
        var facts = Facts(Subscription() with { CurrentPeriodEndsAt = Now.AddDays(-2) });

        var answer = Entitlement.Check(facts, Sold.Plans, "export", Now);

        Assert.True(answer.Allowed);
        Assert.Equal(Now.AddDays(-2), answer.Until);
    }

    [Fact]
    public void Until_is_the_trial_s_end_in_a_trial_only()
    {
        var subscription = Subscription() with { TrialEndsAt = Now.AddDays(3) };

        Assert.Equal(PeriodEnd, Until(subscription));
        Assert.Equal(Now.AddDays(3), Until(subscription with { Status = "trialing" }));
        Assert.Equal(PeriodEnd, Until(subscription with { Status = "trialing", TrialEndsAt = null }));
    }

    [Fact]
    public void Until_is_the_end_that_is_set_where_it_comes_before_the_period_s()
    {
        var ending = Subscription() with { CancelAt = Now.AddDays(1) };

        Assert.Equal(Now.AddDays(1), Until(ending));
        Assert.Equal(Now.AddDays(1), Until(ending with { CurrentPeriodEndsAt = null }));
        Assert.Equal(PeriodEnd, Until(ending with { CancelAt = PeriodEnd.AddYears(1) }));
    }

    [Fact]
    public void Until_follows_the_items_that_lead_to_the_plan()
    {
        var yearly = Item("price_pro") with { CurrentPeriodEndsAt = Now.AddDays(300) };
        var monthly = Item("price_basic") with { CurrentPeriodEndsAt = PeriodEnd };

        Assert.Equal(Now.AddDays(300), Until(Subscription(items: [monthly, yearly])));
    }

    [Fact]
    public void Items_that_lead_to_the_same_plan_add_up_without_overflowing()
    {
        var few = Seats(Item("price_pro", quantity: 2), Item(product: "prod_pro", quantity: 3), Item("price_basic"));
        var many = Seats(Item("price_pro", quantity: long.MaxValue), Item("price_pro", quantity: 1));

        Assert.Equal((5, 10), (few.Quantity, few.Limit));
        Assert.Equal((long.MaxValue, long.MaxValue), (many.Quantity, many.Limit));

        static AccessAnswer Seats(params SubscriptionItem[] items) =>
            Entitlement.Check(Facts(Subscription(items: items)), Sold.Plans, "seats", Now);
    }

    [Fact]
    public void A_purchase_grants_without_end() =>
        Assert.Equal(
            new AccessAnswer
            {
                Allowed = true,
                Reason = """plan "pro" by purchase cs_1 (paid)""",
                Plan = "pro",
                Limit = 4,
                Quantity = 2,
            },
            Entitlement.Check(Facts(Purchase(quantity: 2)), Sold.Plans, "seats", Now));

    [Fact]
    public void A_purchase_is_over_when_refunded_or_lost()
    {
        var refunded = Purchase() with { IsRefunded = true };
        var lost = Purchase() with { IsDisputeLost = true };

        Assert.EndsWith("but was refunded in full", Reason(Facts(refunded), "export"), StringComparison.Ordinal);
        Assert.EndsWith("but was lost in a dispute", Reason(Facts(lost), "export"), StringComparison.Ordinal);
        Assert.False(Allowed(Facts(lost with { IsRefunded = true })));
    }

    [Fact]
    public void Lines_of_one_purchase_add_up_and_two_purchases_do_not()
    {
        var first = Purchase("cs_1", quantity: 2);
        var second = Purchase("cs_2", quantity: 3);

        Assert.Equal(5, Quantity(Facts(first, second with { Source = "cs_1" })));
        Assert.Equal(3, Quantity(Facts(first, second)));

        static long? Quantity(AccessFacts facts) => Entitlement.Check(facts, Sold.Plans, "seats", Now).Quantity;
    }

    [Fact]
    public void The_most_generous_grant_answers_for_each_feature()
    {
        var facts = Facts(
            Subscription("sub_a", items: Item("price_basic", quantity: 9)),
            Subscription("sub_b", items: Item("price_pro")));
        var plans = Parsed("""
            {"plans":[
              {"id":"basic","prices":["price_basic"],"features":{"seats":{"per_quantity":1},"projects":3}},
              {"id":"pro","prices":["price_pro"],"features":{"seats":{"per_quantity":2},"projects":50,"export":true}}
            ]}
            """);

        Assert.Equal(("basic", 9), Best("seats"));
        Assert.Equal(("pro", 50), Best("projects"));
        Assert.Equal(("pro", null), Best("export"));

        (string?, long?) Best(string feature)
        {
            var answer = Entitlement.Check(facts, plans, feature, Now);
            return (answer.Plan, answer.Limit);
        }
    }

    [Fact]
    public void No_limit_is_more_than_the_largest()
    {
        var plans = Parsed("""
            {"plans":[{"id":"a","prices":["x"],"features":{"f":9223372036854775807}},
                      {"id":"b","prices":["y"],"features":{"f":true}}]}
            """);

        Assert.Equal("b", Entitlement.Check(Facts(Purchase("cs_1", "x"), Purchase("cs_2", "y")), plans, "f", Now).Plan);
    }

    [Fact]
    public void Between_equals_the_later_end_then_the_plan_s_place_then_the_source_answers()
    {
        var plans = Parsed("""
            {"plans":[{"id":"z","prices":["x"],"features":{"f":1}},{"id":"a","prices":["y"],"features":{"f":1}}]}
            """);
        var first = Subscription("sub_2", items: Item("x"));
        var second = Subscription("sub_1", items: Item("y"));
        var later = second with { CurrentPeriodEndsAt = PeriodEnd.AddDays(1) };

        Assert.Equal(
            """plan "a" by purchase cs_9 (paid)""",
            Reason(Facts(first, later) with { Purchases = [Purchase("cs_9", "y")] }));
        Assert.Equal("""plan "a" by subscription sub_1 (active)""", Reason(Facts(first, later)));
        Assert.Equal("""plan "z" by subscription sub_2 (active)""", Reason(Facts(first, second)));
        Assert.Equal(
            """plan "z" by subscription sub_10 (active)""", Reason(Facts(first, first with { Id = "sub_10" })));

        string Reason(AccessFacts facts) => Entitlement.Check(facts, plans, "f", Now).Reason;
    }

    [Fact]
    public void Stripe_s_own_entitlements_allow_without_a_limit_and_without_a_plan()
    {
        var basic = Facts(Subscription(items: Item("price_basic")));
        var facts = basic with { ActiveFeatures = ["seats", "not in any plan"] };

        Assert.Equal(
            new AccessAnswer
            {
                Allowed = true,
                Reason = """the feature "seats" is among the customer's active entitlements at Stripe""",
            },
            Entitlement.Check(facts, Sold.Plans, "seats", Now));
        Assert.True(Entitlement.Check(facts, Sold.Plans, "not in any plan", Now).Allowed);
        Assert.False(Entitlement.Check(facts, Sold.Plans, "export", Now).Allowed);
    }

    [Fact]
    public void A_plan_without_a_limit_answers_before_Stripe_s_own_entitlement()
    {
        var facts = Facts(Subscription()) with { ActiveFeatures = ["export"] };

        Assert.Equal("pro", Entitlement.Check(facts, Sold.Plans, "export", Now).Plan);
    }

    [Fact]
    public void Grants_lists_what_is_held_and_what_would_be()
    {
        AccessFacts facts = new()
        {
            Subscriptions =
            [
                Subscription("sub_2", "canceled"),
                Subscription("sub_1", items: [Item("price_pro", quantity: 2), Item("price_basic"), Item("other")]),
            ],
            Purchases = [Purchase("cs_1"), Purchase("cs_2", "other")],
        };

        Grant subscribed = new()
        {
            Plan = "pro",
            Source = "sub_1",
            Origin = GrantOrigin.Subscription,
            Status = "active",
            Quantity = 2,
            Until = PeriodEnd,
        };
        Assert.Equal(
            [
                subscribed with { Plan = "basic", Quantity = 1 },
                new() { Plan = "pro", Source = "cs_1", Origin = GrantOrigin.Purchase, Status = "paid", Quantity = 1 },
                subscribed,
                subscribed with { Source = "sub_2", Status = "canceled", Quantity = 1, WhyNot = "is canceled" },
            ],
            Entitlement.Grants(facts, Sold.Plans, Now));
    }

    [Fact]
    public void The_fate_of_a_purchase_is_its_status()
    {
        var facts = Facts(
            Purchase("cs_1"),
            Purchase("cs_2") with { IsRefunded = true },
            Purchase("cs_3") with { IsDisputeLost = true });

        Assert.Equal(
            ["paid", "refunded", "lost"], Entitlement.Grants(facts, Sold.Plans, Now).Select(grant => grant.Status));
    }

    [Fact]
    public void One_source_told_in_several_states_is_listed_in_one_order()
    {
        Subscription[] states =
        [
            Subscription(status: "active", items: Item("price_pro", quantity: 2)),
            Subscription(status: "active") with { CurrentPeriodEndsAt = PeriodEnd.AddDays(1) },
            Subscription(status: "active"),
            Subscription(status: "trialing", items: Item("price_pro", quantity: 3)),
            Subscription(status: "canceled", items: Item("price_pro", quantity: 4)),
            Subscription(status: "unpaid", items: Item("price_pro", quantity: 5)),
        ];

        Assert.All(
            [states, [.. states.Reverse()]],
            facts => Assert.Equal(
                [("active", 2), ("active", 1), ("active", 1), ("trialing", 3), ("canceled", 4), ("unpaid", 5)],
                Entitlement.Grants(Facts(facts), Sold.Plans, Now).Select(grant => (grant.Status, grant.Quantity))));
        Assert.Equal(
            [PeriodEnd.AddDays(1), PeriodEnd],
            Entitlement.Grants(Facts(states[2], states[1]), Sold.Plans, Now).Select(grant => grant.Until!.Value));
    }

    private static bool Allowed(AccessFacts facts) => Entitlement.Check(facts, Sold.Plans, "export", Now).Allowed;

    private static string Reason(AccessFacts facts, string feature)
    {
        var answer = Entitlement.Check(facts, Sold.Plans, feature, Now);
        Assert.False(answer.Allowed);
        return answer.Reason;
    }

    private static DateTimeOffset? Until(Subscription subscription) =>
        Entitlement.Check(Facts(subscription), Sold.Plans, "export", Now).Until;
}
