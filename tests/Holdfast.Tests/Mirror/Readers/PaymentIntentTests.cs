using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class PaymentIntentTests
{
    [Theory, EveryVersionOf("payment_intent")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(PaymentIntent.Read(Sample.BodyOf(sample))));
    }

    [Theory]
    [InlineData("payment_intent-without-a-source", "requires_payment_method")]
    [InlineData("payment_intent-before-2019-02-11", "requires_action")]
    public void A_status_from_before_2019_02_11_is_read_as_its_successor(string sample, string status)
    {
        Assert.Equal(status, PaymentIntent.Read(Sample.BodyOf(sample)).Status);
    }

    [Fact]
    public void Before_2019_02_11_the_next_action_and_the_method_had_other_names()
    {
        var intent = PaymentIntent.Read(Sample.BodyOf("payment_intent-before-2019-02-11"));

        Assert.Equal(("authorize_with_url", "src_1Hf7Old"), (intent.NextAction, intent.PaymentMethod));
    }

    [Fact]
    public void A_source_that_was_declined_is_named_like_a_payment_method()
    {
        var body = Altered.With(
            Sample.BodyOf("payment_intent.2024-06-20"), "/last_payment_error", """{"source":{"id":"src_1Hf7No"}}""");

        Assert.Equal("src_1Hf7No", PaymentIntent.Read(body).LastPaymentError?.PaymentMethod);
    }

    [Fact]
    public void Before_basil_it_names_its_invoice()
    {
        Assert.Equal("in_1Hf7Inv", PaymentIntent.Read(Sample.BodyOf("payment_intent-of-an-invoice-2024")).Invoice);
    }

    [Fact]
    public void What_is_held_and_when_it_was_released_is_read()
    {
        var intent = PaymentIntent.Read(Sample.BodyOf("payment_intent-held-then-released"));

        Assert.Equal(
            (900, Sample.Day(7), "automatic"), (intent.AmountCapturable, intent.CanceledAt, intent.CancellationReason));
    }

    private static readonly PaymentIntent Facts = new()
    {
        Id = "pi_3Hf7Order",
        Status = "requires_payment_method",
        Amount = 4200,
        Currency = "eur",
        Customer = "cus_Hf7Ada",
        LatestCharge = "ch_3Hf7Declined",
        LastPaymentError = new()
        {
            Type = "card_error",
            Code = "card_declined",
            DeclineCode = "insufficient_funds",
            AdviceCode = "try_again_later",
            Message = "Your card has insufficient funds.",
            PaymentMethod = "pm_1Hf7Visa",
        },
        CaptureMethod = "automatic",
        SetupFutureUsage = "off_session",
        Description = "Order 1001",
        CreatedAt = Sample.Day(0),
        Metadata = new Dictionary<string, string> { ["order"] = "1001" },
    };
}
