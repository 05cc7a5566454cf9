using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class RefundTests
{
    [Theory, EveryVersionOf("refund")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Refund.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void A_refund_may_have_no_status()
    {
        Assert.Null(Refund.Read(Sample.BodyOf("refund-without-status")).Status);
    }

    [Fact]
    public void Why_it_is_pending_is_read()
    {
        Assert.Equal("insufficient_funds", Refund.Read(Sample.BodyOf("refund-pending-2026")).PendingReason);
    }

    private static readonly Refund Facts = new()
    {
        Id = "re_3Hf7Part",
        Status = "failed",
        Amount = 2000,
        Currency = "eur",
        Charge = "ch_3Hf7Nov",
        PaymentIntent = "pi_3Hf7Nov",
        Reason = "requested_by_customer",
        FailureReason = "lost_or_stolen_card",
        BalanceTransaction = "txn_3Hf7Part",
        CreatedAt = Sample.Day(3),
        Metadata = new Dictionary<string, string> { ["ticket"] = "88" },
    };
}
