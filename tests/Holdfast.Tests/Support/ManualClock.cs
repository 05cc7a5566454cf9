namespace Holdfast.Tests.Support;

/// <summary>A clock that moves only when a test moves it; timers ring in the order of their time.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TaskCompletionSource _delayBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ManualClock()
        : this(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>
    /// When the first delay ends that somebody waits for; null when nobody does. What only limits how long something may
    /// take is no delay.
    /// </summary>
    public DateTimeOffset? NextDelay
    {
        get
        {
            lock (_lock)
            {
                return _timers.Where(timer => timer.IsDelay).Min(timer => (DateTimeOffset?)timer.DueAt);
            }
        }
    }

    /// <summary>Ends when somebody begins to wait.</summary>
    public Task DelayBegun
    {
        get
        {
            lock (_lock)
            {
                return _delayBegun.Task;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (NextUntil(until) is { } timer)
        {
            timer.Ring();
        }

        lock (_lock)
        {
            _now = until;
        }
    }

    private ManualTimer? NextUntil(DateTimeOffset until)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
            if (next is not null)
            {
                _now = next.DueAt > _now ? next.DueAt : _now;
                next.Schedule(_now);
            }

            return next;
        }
    }

    private void NoteLocked(ManualTimer timer)
    {
        if (timer.IsDelay)
        {
            _delayBegun.SetResult();
            _delayBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Of <c>Task.Delay</c>, as the framework names it, or one that only calls back; no time-out.</summary>
        public bool IsDelay { get; } = state is null || state.GetType().Name.StartsWith("Delay", StringComparison.Ordinal);

        public DateTimeOffset DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _period = period;
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = clock._now + dueTime;
                    clock._timers.Add(this);
                    clock.NoteLocked(this);
                }
            }

            return true;
        }

        public void Schedule(DateTimeOffset now)
        {
            if (_period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero)
            {
                clock._timers.Remove(this);
            }
            else
            {
                DueAt = now + _period;
            }
        }

        public void Ring() => callback(state);

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
