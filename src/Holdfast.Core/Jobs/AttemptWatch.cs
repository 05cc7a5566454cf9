namespace Holdfast.Jobs;

/// <summary>
/// How long the attempt in hand has been running. Only what a handler does counts, not waiting for the store: work
/// that keeps its thread and never lets go can be told from a disk that is slow.
/// </summary>
internal sealed class AttemptWatch(TimeProvider clock)
{
    private readonly Lock _lock = new();

    /// <summary>Those that were cut off and went on: the oldest one first.</summary>
    private readonly List<(long Since, Steps Steps)> _goingOn = [];

    private long _since;

    /// <summary>
    /// When the attempt in hand began, as a timestamp; 0 between attempts. One that was cut off and keeps its thread all
    /// the same is in hand until it lets go.
    /// </summary>
    public long Since
    {
        get
        {
            lock (_lock)
            {
                _goingOn.RemoveAll(attempt => !attempt.Steps.KeepThread);
                return _goingOn is [var oldest, ..] ? oldest.Since : Interlocked.Read(ref _since);
            }
        }
    }

    /// <summary>Zero between attempts.</summary>
    public TimeSpan BusyFor => Since is > 0 and var since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Runs one attempt, of one job or a batch, for as long as it may take.</summary>
    /// <exception cref="TimeoutException">It did not end in time. Its session is over, so it can write nothing more.</exception>
    public async Task<IReadOnlyList<Outcome>> RunAsync(Func<Task<IReadOnlyList<Outcome>>> attempt, TimeSpan timeout)
    {
        var steps = new Steps();
        var since = clock.GetTimestamp();
        Interlocked.Exchange(ref _since, since);
        try
        {
            return await steps.Begin(attempt).WaitAsync(timeout, clock);
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                _goingOn.Add((since, steps));
            }

            throw;
        }
        finally
        {
            Interlocked.Exchange(ref _since, 0);
        }
    }

    /// <summary>What an attempt does between its waits, one step after another: each on any thread, but never unseen.</summary>
    private sealed class Steps : SynchronizationContext
    {
        private int _running;

        public bool KeepThread => Volatile.Read(ref _running) > 0;

        public Task<T> Begin<T>(Func<Task<T>> attempt)
        {
            Task<T>? begun = null;
            Run(_ => begun = attempt(), state: null);
            return begun!;
        }

        public override void Post(SendOrPostCallback d, object? state) =>
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(d, state), state: null);

        public override SynchronizationContext CreateCopy() => this;

        private void Run(SendOrPostCallback step, object? state)
        {
            var outer = Current;
            SetSynchronizationContext(this);
            Interlocked.Increment(ref _running);
            try
            {
                step(state);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                SetSynchronizationContext(outer);
            }
        }
    }
}
