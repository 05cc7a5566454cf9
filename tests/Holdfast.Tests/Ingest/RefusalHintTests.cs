using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class RefusalHintTests
{
    [Fact]
    public void Every_cause_that_stands_out_has_a_hint_of_its_own()
    {
        var hints = Enum.GetValues<RefusalCause>().Select(cause => Hint((cause, 3)));

        Assert.All(hints, Assert.NotNull);
        Assert.Equal(Enum.GetValues<RefusalCause>().Length, hints.Distinct().Count());
    }

    [Theory]
    [InlineData(nameof(RefusalCause.BadSignature), "signing secret")]
    [InlineData(nameof(RefusalCause.TooOld), "NTP")]
    [InlineData(nameof(RefusalCause.ClockAhead), "clock is behind")]
    [InlineData(nameof(RefusalCause.WrongMode), "HOLDFAST_MODE")]
    [InlineData(nameof(RefusalCause.UnknownEndpoint), "Holdfast:Ingest:Endpoints")]
    [InlineData(nameof(RefusalCause.EncodedBody), "compress")]
    public void A_hint_names_what_to_look_at(string cause, string what) =>
        Assert.Contains(what, Hint((Enum.Parse<RefusalCause>(cause), 20)), StringComparison.Ordinal);

    [Fact]
    public void Nothing_refused_needs_no_hint() => Assert.Null(Hint());

    [Fact]
    public void One_or_two_refusals_are_chance() => Assert.Null(Hint((RefusalCause.BadSignature, 2)));

    [Fact]
    public void In_a_mix_the_one_with_three_fifths_stands_out() => Assert.Equal(
        Hint((RefusalCause.TooOld, 12)), Hint((RefusalCause.NoHeader, 8), (RefusalCause.TooOld, 12)));

    [Fact]
    public void In_a_mix_without_such_a_share_none_stands_out() =>
        Assert.Null(Hint((RefusalCause.NoHeader, 9), (RefusalCause.TooOld, 11)));

    private static string? Hint(params (RefusalCause Cause, int Count)[] refused) => RefusalHint.Of(
    [
        .. refused.SelectMany(group => Enumerable.Repeat(group.Cause, group.Count)).Select(cause => new Refusal
        {
            At = DateTimeOffset.UnixEpoch,
            Endpoint = "default",
            Cause = cause,
            Correlation = "test",
            RemoteAddress = null,
            Facts = "{}",
        }),
    ]);
}
