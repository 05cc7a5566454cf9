using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class SubscriptionTests
{
    [Theory, EveryVersionOf("subscription")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Subscription.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void Where_the_periods_of_the_items_differ_the_earliest_end_counts()
    {
        Assert.Equal(Sample.Day(30), WithTwoPeriods.CurrentPeriodEndsAt);
    }

    [Fact]
    public void Each_item_keeps_its_own_period()
    {
        Assert.Equal(
            [Sample.Day(365), Sample.Day(30)], WithTwoPeriods.Items.Select(item => item.CurrentPeriodEndsAt!.Value));
    }

    [Fact]
    public void An_item_without_a_quantity_counts_as_one()
    {
        Assert.Equal([4, 1], WithTwoPeriods.Items.Select(item => item.Quantity));
    }

    [Fact]
    public void The_lookup_key_of_a_price_is_read()
    {
        Assert.Equal(["seats_2026", null], WithTwoPeriods.Items.Select(item => item.LookupKey));
    }

    [Fact]
    public void A_list_of_items_that_was_cut_is_known()
    {
        Assert.True(WithTwoPeriods.HasMoreItems);
    }

    [Fact]
    public void A_subscription_on_a_test_clock_is_known()
    {
        Assert.True(WithTwoPeriods.IsOnTestClock);
    }

    [Fact]
    public void A_discount_that_is_only_named_has_no_coupon()
    {
        Assert.Equal(new Discount { Id = "di_1Hf7Bare" }, Assert.Single(WithTwoPeriods.Discounts));
    }

    [Fact]
    public void Before_2019_10_17_a_plan_stands_for_the_price_and_is_counted_once()
    {
        var item = Assert.Single(BeforeOctober2019.Items);

        Assert.Equal(("gold", "prod_Hf7Gold", 3), (item.Price, item.Product, item.Quantity));
    }

    [Fact]
    public void Before_2019_10_17_the_way_of_collection_had_another_name()
    {
        Assert.Equal("send_invoice", BeforeOctober2019.CollectionMethod);
    }

    [Fact]
    public void Before_2019_10_17_the_start_had_another_name()
    {
        Assert.Equal(Sample.Day(0), BeforeOctober2019.StartedAt);
    }

    [Fact]
    public void Why_it_is_paused_is_read()
    {
        Assert.Equal(
            "pause_requested", Subscription.Read(Sample.BodyOf("subscription-paused-on-request")).PausedReason);
    }

    [Fact]
    public void A_subscription_without_items_keeps_its_old_period()
    {
        var body = Altered.With(Sample.BodyOf("subscription.2024-06-20"), "/items", "");

        Assert.Equal(Sample.Day(30), Subscription.Read(body).CurrentPeriodEndsAt);
    }

    [Fact]
    public void Its_own_currency_goes_before_those_of_its_items()
    {
        var body = Altered.With(Sample.BodyOf("subscription.2026-10-28.endive"), "/currency", "\"nok\"");

        Assert.Equal(("nok", "eur"), (Subscription.Read(body).Currency, Subscription.Read(body).Items[0].Currency));
    }

    private static Subscription WithTwoPeriods =>
        Subscription.Read(Sample.BodyOf("subscription-with-two-periods"));

    private static Subscription BeforeOctober2019 =>
        Subscription.Read(Sample.BodyOf("subscription-before-2019-10-17"));

    private static readonly Subscription Facts = new()
    {
        Id = "sub_1Hf7Pro",
        Status = "active",
        Customer = "cus_Hf7Ada",
        Items =
        [
            new()
            {
                Id = "si_Hf7Pro",
                Price = "price_1Hf7ProMonth",
                Product = "prod_Hf7Pro",
                Quantity = 7,
                Currency = "eur",
                UnitAmount = 1900,
                Interval = "month",
                IntervalCount = 1,
                CurrentPeriodStartsAt = Sample.Day(0),
                CurrentPeriodEndsAt = Sample.Day(30),
            },
        ],
        Currency = "eur",
        CollectionMethod = "charge_automatically",
        DefaultPaymentMethod = "pm_1Hf7Visa",
        LatestInvoice = "in_1Hf7Nov",
        Discounts = [new() { Id = "di_1Hf7Spring", Coupon = "SPRING26", EndsAt = Sample.Day(90) }],
        CreatedAt = Sample.Day(-30),
        StartedAt = Sample.Day(-30),
        CurrentPeriodEndsAt = Sample.Day(30),
        TrialStartsAt = Sample.Day(-30),
        TrialEndsAt = Sample.Day(-16),
        CancelAtPeriodEnd = true,
        CancelAt = Sample.Day(30),
        CanceledAt = Sample.Day(5),
        CancellationReason = "cancellation_requested",
        PauseCollectionBehavior = "keep_as_draft",
        CollectionResumesAt = Sample.Day(10),
        Metadata = new Dictionary<string, string> { ["account"] = "4711" },
    };
}
