namespace Holdfast.Simulator.Delivery;

/// <summary>
/// When a delivery that failed is made again. Stripe publishes only the frame (live: with growing pauses for up to three
/// days; sandbox: three times within hours), so the steps are ours. https://docs.stripe.com/webhooks#retries
/// </summary>
public sealed record RetrySchedule
{
    private RetrySchedule(IReadOnlyList<TimeSpan> pauses) => Pauses = pauses;

    public static RetrySchedule Live { get; } = new([.. Growing()]);

    public static RetrySchedule Sandbox { get; } =
        new([TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(2)]);

    /// <summary>One of one's own: these pauses, and then no more.</summary>
    public static RetrySchedule Of(params IReadOnlyList<TimeSpan> pauses) => pauses.All(pause => pause >= TimeSpan.Zero)
        ? new([.. pauses])
        : throw new ArgumentOutOfRangeException(nameof(pauses), "No pause may be less than zero.");

    /// <summary>Before the first retry, the second and so on.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; private init; }

    /// <returns>The same steps in less time, for runs on the real clock.</returns>
    public RetrySchedule Compressed(double factor) => factor > 0
        ? new([.. Pauses.Select(pause => pause / factor)])
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "Must be more than zero.");

    /// <returns>Null when the attempt that just failed was the last one.</returns>
    internal TimeSpan? After(int attempt) => attempt <= Pauses.Count ? Pauses[attempt - 1] : null;

    private static IEnumerable<TimeSpan> Growing()
    {
        var (pause, longest) = (TimeSpan.FromMinutes(5), TimeSpan.FromHours(12));
        for (var passed = pause; passed <= TimeSpan.FromHours(72); passed += pause)
        {
            yield return pause;
            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }
}
