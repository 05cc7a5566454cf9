using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class InvoicePaymentTests
{
    [Theory, EveryVersionOf("invoice_payment")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(InvoicePayment.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void A_payment_by_a_charge_names_the_charge()
    {
        Assert.Equal("ch_1Hf7Direct", InvoicePayment.Read(Sample.BodyOf("invoice_payment-by-charge")).Charge);
    }

    [Fact]
    public void A_payment_past_Stripe_names_its_record()
    {
        Assert.Equal("pr_1Hf7Cash", InvoicePayment.Read(Sample.BodyOf("invoice_payment-past-stripe")).PaymentRecord);
    }

    private static readonly InvoicePayment Facts = new()
    {
        Id = "inpay_1Hf7Nov",
        Invoice = "in_1Hf7Nov",
        Status = "paid",
        AmountPaid = 15875,
        AmountRequested = 15875,
        Currency = "eur",
        IsDefault = true,
        Type = "payment_intent",
        PaymentIntent = "pi_3Hf7Nov",
        CreatedAt = Sample.Day(0),
        PaidAt = Sample.Day(2),
    };
}
