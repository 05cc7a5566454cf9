namespace Holdfast.Storage;

/// <summary>
/// The database's clock, as kept by this process between two looks at it. Nodes whose own clocks differ agree through
/// it on what is due; a jump of the machine's clock changes nothing, as only the monotonic one is counted on.
/// </summary>
/// <param name="inner">Timers, and the time until the database has been asked for the first time.</param>
internal sealed class StoreClock(TimeProvider inner) : TimeProvider
{
    /// <summary>An answer that took longer says too little about the moment it was given.</summary>
    private static readonly TimeSpan MaxRoundTrip = TimeSpan.FromSeconds(1);

    private Anchor? _anchor;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref _anchor) is { } anchor
        ? anchor.Moment + inner.GetElapsedTime(anchor.Timestamp)
        : inner.GetUtcNow();

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    /// <param name="moment">What the database's clock said.</param>
    /// <param name="askedAt">The timestamp before it was asked.</param>
    public void Set(DateTimeOffset moment, long askedAt)
    {
        var answeredAt = inner.GetTimestamp();
        var roundTrip = inner.GetElapsedTime(askedAt, answeredAt);
        if (roundTrip <= MaxRoundTrip || _anchor is null)
        {
            Volatile.Write(ref _anchor, new(moment + (roundTrip / 2), answeredAt));
        }
    }

    private sealed record Anchor(DateTimeOffset Moment, long Timestamp);
}
