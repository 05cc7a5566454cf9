using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class SetupIntentTests
{
    [Theory, EveryVersionOf("setup_intent")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(SetupIntent.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void Why_the_card_was_declined_is_read()
    {
        Assert.Equal(
            "do_not_honor", SetupIntent.Read(Sample.BodyOf("setup_intent-declined")).LastSetupError?.DeclineCode);
    }

    [Fact]
    public void A_mandate_for_one_use_is_read_too()
    {
        Assert.Equal("mandate_1Hf7Once", SetupIntent.Read(Sample.BodyOf("setup_intent-declined")).Mandate);
    }

    private static readonly SetupIntent Facts = new()
    {
        Id = "seti_1Hf7Card",
        Status = "requires_action",
        Customer = "cus_Hf7Ada",
        PaymentMethod = "pm_1Hf7Visa",
        Usage = "off_session",
        NextAction = "use_stripe_sdk",
        Mandate = "mandate_1Hf7Card",
        Description = "Card for renewals",
        CreatedAt = Sample.Day(0),
        Metadata = new Dictionary<string, string> { ["account"] = "4711" },
    };
}
