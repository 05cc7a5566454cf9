using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class ChargeTests
{
    [Theory, EveryVersionOf("charge")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Charge.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void Why_it_was_declined_is_read()
    {
        var charge = Charge.Read(Sample.BodyOf("charge-declined"));

        Assert.Equal(
            ("card_declined", "insufficient_funds", "51"),
            (charge.FailureCode, charge.Outcome?.Reason, charge.Outcome?.NetworkDeclineCode));
    }

    [Fact]
    public void A_part_that_was_captured_is_read_as_a_part()
    {
        var body = Altered.With(Sample.BodyOf("charge.2026-10-28.endive"), "/amount_captured", "9000");

        Assert.Equal((15875, 9000), (Charge.Read(body).Amount, Charge.Read(body).AmountCaptured));
    }

    [Fact]
    public void A_refund_in_full_is_read()
    {
        Assert.True(Charge.Read(Sample.BodyOf("charge-refunded-in-full")).IsRefunded);
    }

    [Fact]
    public void Before_2020_a_charge_that_is_only_held_has_captured_nothing()
    {
        Assert.Equal(0, Charge.Read(Sample.BodyOf("charge-held-2019")).AmountCaptured);
    }

    [Fact]
    public void Before_2020_a_charge_without_a_dispute_is_not_disputed()
    {
        Assert.False(Charge.Read(Sample.BodyOf("charge-held-2019")).IsDisputed);
    }

    [Fact]
    public void Before_basil_it_names_its_invoice()
    {
        Assert.Equal("in_1Hf7Old", Charge.Read(Sample.BodyOf("charge-held-2019")).Invoice);
    }

    private static readonly Charge Facts = new()
    {
        Id = "ch_3Hf7Nov",
        Status = "succeeded",
        Amount = 15875,
        AmountCaptured = 15875,
        AmountRefunded = 2000,
        Currency = "eur",
        Customer = "cus_Hf7Ada",
        PaymentIntent = "pi_3Hf7Nov",
        PaymentMethod = "pm_1Hf7Visa",
        PaymentMethodType = "card",
        CardBrand = "visa",
        CardLast4 = "4242",
        BalanceTransaction = "txn_3Hf7Nov",
        IsPaid = true,
        IsCaptured = true,
        IsRefunded = false,
        IsDisputed = true,
        Outcome = new()
        {
            Type = "authorized",
            NetworkStatus = "approved_by_network",
            RiskLevel = "normal",
            SellerMessage = "Payment complete.",
        },
        Description = "Subscription update",
        CreatedAt = Sample.Day(2),
        Metadata = new Dictionary<string, string> { ["order"] = "1000" },
    };
}
