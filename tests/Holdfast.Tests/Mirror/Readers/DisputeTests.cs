using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class DisputeTests
{
    [Theory, EveryVersionOf("dispute")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Dispute.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void An_inquiry_can_still_be_refunded()
    {
        Assert.True(Dispute.Read(Sample.BodyOf("dispute-inquiry")).IsChargeRefundable);
    }

    [Fact]
    public void Evidence_that_is_too_late_is_known()
    {
        Assert.True(Dispute.Read(Sample.BodyOf("dispute-inquiry")).IsEvidencePastDue);
    }

    private static readonly Dispute Facts = new()
    {
        Id = "dp_1Hf7Nov",
        Status = "under_review",
        Reason = "fraudulent",
        Amount = 15875,
        Currency = "eur",
        Charge = "ch_3Hf7Nov",
        PaymentIntent = "pi_3Hf7Nov",
        IsChargeRefundable = false,
        EvidenceDueAt = Sample.Day(16),
        HasEvidence = true,
        CreatedAt = Sample.Day(9),
        Metadata = new Dictionary<string, string> { ["ticket"] = "90" },
    };
}
