using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class InvoiceTests
{
    [Theory, EveryVersionOf("invoice")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Invoice.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void An_invoice_made_by_hand_has_no_subscription()
    {
        Assert.Null(MadeByHand.Subscription);
    }

    [Fact]
    public void An_event_of_today_does_not_tell_what_pays_the_invoice()
    {
        Assert.Null(MadeByHand.PaymentIntent);
    }

    [Fact]
    public void Without_a_default_payment_the_first_one_counts()
    {
        var body = Altered.With(
            Sample.BodyOf("invoice.2026-10-28.endive"), (path, _) => path.EndsWith("/is_default") ? "false" : null);

        Assert.Equal("pi_3Hf7Gone", Invoice.Read(body).PaymentIntent);
    }

    [Fact]
    public void An_invoice_without_taxes_tells_none()
    {
        Assert.Null(MadeByHand.Tax);
    }

    [Fact]
    public void Taxes_inside_the_prices_are_added_up_where_no_sum_is_told()
    {
        Assert.Equal(42, Invoice.Read(Sample.BodyOf("invoice-paid-past-stripe-2024")).Tax);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Taxes_are_added_up_to_the_largest_numbers_there_are(long sum)
    {
        var body = Altered.With(
            Sample.BodyOf("invoice-made-by-hand"), "/total_taxes", $$"""[{"amount":{{sum}}},{"amount":0}]""");

        Assert.Equal(sum, Invoice.Read(body).Tax);
    }

    [Fact]
    public void Taxes_too_large_to_add_up_are_not_told()
    {
        var body = Altered.With(
            Sample.BodyOf("invoice-made-by-hand"),
            "/total_taxes",
            """[{"amount":9223372036854775807},{"amount":1}]""");

        Assert.Null(Invoice.Read(body).Tax);
    }

    [Fact]
    public void Why_it_could_not_be_finalized_is_read()
    {
        Assert.Equal("The tax ID is not valid.", MadeByHand.FinalizationError);
    }

    [Fact]
    public void A_list_of_lines_that_was_cut_is_known()
    {
        Assert.True(MadeByHand.HasMoreLines);
    }

    [Theory]
    [InlineData("invoice-paid-past-stripe-2024")]
    [InlineData("invoice-paid-past-stripe-2026")]
    public void Money_that_came_past_Stripe_is_known(string sample)
    {
        Assert.True(Invoice.Read(Sample.BodyOf(sample)).IsPaidOutOfBand);
    }

    [Fact]
    public void Before_2019_03_14_the_moments_had_other_names()
    {
        var invoice = Invoice.Read(Sample.BodyOf("invoice-before-2019-03-14"));

        Assert.Equal((Sample.Day(0), Sample.Day(0).AddHours(1)), (invoice.CreatedAt, invoice.FinalizedAt));
    }

    [Fact]
    public void When_it_was_given_up_and_when_it_was_void_are_two_moments()
    {
        var invoice = Invoice.Read(Sample.BodyOf("invoice-given-up-then-void"));

        Assert.Equal((Sample.Day(1), Sample.Day(2)), (invoice.MarkedUncollectibleAt, invoice.VoidedAt));
    }

    [Fact]
    public void A_line_of_a_plan_is_read_as_one_of_a_price()
    {
        var line = Assert.Single(Invoice.Read(Sample.BodyOf("invoice-before-2019-03-14")).Lines);

        Assert.Equal(("gold", "prod_Hf7Gold"), (line.Price, line.Product));
    }

    private static Invoice MadeByHand => Invoice.Read(Sample.BodyOf("invoice-made-by-hand"));

    private static readonly Invoice Facts = new()
    {
        Id = "in_1Hf7Nov",
        Status = "paid",
        Number = "HF7ADA-0002",
        Customer = "cus_Hf7Ada",
        Subscription = "sub_1Hf7Pro",
        SubscriptionMetadata = new Dictionary<string, string> { ["account"] = "4711" },
        PaymentIntent = "pi_3Hf7Nov",
        Charge = "ch_3Hf7Nov",
        BillingReason = "subscription_cycle",
        CollectionMethod = "charge_automatically",
        Currency = "eur",
        AmountDue = 15875,
        AmountPaid = 15875,
        AmountRemaining = 0,
        Subtotal = 12700,
        Total = 15875,
        Tax = 3175,
        Discounts = [new() { Id = "di_1Hf7Spring", Coupon = "SPRING26", EndsAt = Sample.Day(90) }],
        AttemptCount = 2,
        HostedInvoiceUrl = "https://invoice.stripe.com/i/acct_hf7/test_in_1Hf7Nov",
        CreatedAt = Sample.Day(0),
        FinalizedAt = Sample.Day(0).AddHours(1),
        PaidAt = Sample.Day(2),
        Lines =
        [
            new()
            {
                Id = "il_1Hf7Credit",
                Type = "invoice_item_details",
                Amount = -600,
                Currency = "eur",
                Description = "Unused time on Basic",
                Quantity = 1,
                Price = "price_1Hf7ProMonth",
                Product = "prod_Hf7Pro",
                Subscription = "sub_1Hf7Pro",
                InvoiceItem = "ii_1Hf7Credit",
                IsProration = true,
                Tax = -150,
                PeriodStartsAt = Sample.Day(-6),
                PeriodEndsAt = Sample.Day(0),
                Metadata = new Dictionary<string, string> { ["account"] = "4711" },
            },
            new()
            {
                Id = "il_1Hf7Pro",
                Type = "subscription_item_details",
                Amount = 13300,
                Currency = "eur",
                Description = "7 × Pro (at €19.00 / month)",
                Quantity = 7,
                Price = "price_1Hf7ProMonth",
                Product = "prod_Hf7Pro",
                Subscription = "sub_1Hf7Pro",
                SubscriptionItem = "si_Hf7Pro",
                Tax = 3325,
                PeriodStartsAt = Sample.Day(0),
                PeriodEndsAt = Sample.Day(30),
                Metadata = new Dictionary<string, string> { ["account"] = "4711" },
            },
        ],
        Metadata = new Dictionary<string, string> { ["channel"] = "web" },
    };
}
