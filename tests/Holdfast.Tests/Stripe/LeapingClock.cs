namespace Holdfast.Tests.Stripe;

/// <summary>
/// A clock on which no delay is waited for: it leaps to its end. Longer ones are time-outs, which never come by themselves.
/// </summary>
internal sealed class LeapingClock : TimeProvider
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The delays it has leapt over.</summary>
    public List<TimeSpan> Delays { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LeapingTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class LeapingTimer(LeapingClock clock, Action ring) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan && dueTime <= LongestDelay)
            {
                clock.Delays.Add(dueTime);
                clock.Advance(dueTime);
                ring();
            }

            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
