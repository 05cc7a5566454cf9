using Holdfast.Jobs;

namespace Holdfast.Tests.Jobs;

public sealed class FingerprintTests
{
    [Fact]
    public void Failures_of_one_place_are_one_whatever_their_ids_say() => Assert.Equal(
        Fingerprint.Of(Thrown(() => Here("evt_1"))), Fingerprint.Of(Thrown(() => Here("evt_2"))));

    [Fact]
    public void Failures_of_two_places_are_two() => Assert.NotEqual(
        Fingerprint.Of(Thrown(() => Here("evt_1"))), Fingerprint.Of(Thrown(() => There("evt_1"))));

    [Fact]
    public void Failures_of_two_kinds_are_two_also_when_they_were_never_thrown() => Assert.NotEqual(
        Fingerprint.Of(new InvalidOperationException("same")), Fingerprint.Of(new ArgumentException("same")));

    [Fact]
    public void Reasons_that_differ_in_their_ids_are_one() => Assert.Equal(
        Fingerprint.Of("job_7 is about the event row 12, which is not there."),
        Fingerprint.Of("job_8 is about the event row 130, which is not there."));

    [Fact]
    public void Reasons_that_differ_in_their_words_are_two() => Assert.NotEqual(
        Fingerprint.Of("The invoice in_1 has no status."), Fingerprint.Of("The charge in_1 has no status."));

    [Fact]
    public void It_is_short_and_safe_in_a_URL() => Assert.Matches("^[0-9a-f]{12}$", Fingerprint.Of("any reason"));

    private static void Here(string id) => throw new InvalidOperationException($"{id} is wrong.");

    private static void There(string id) => throw new InvalidOperationException($"{id} is wrong.");

    private static Exception Thrown(Action action) => Assert.ThrowsAny<Exception>(action);
}
