namespace Holdfast.Jobs;

/// <summary>
/// How long the attempt in hand has been running. Only what a handler does counts, not waiting for the store: work
/// that keeps its thread and never lets go can be told from a disk that is slow.
/// </summary>
internal sealed class AttemptWatch(TimeProvider clock)
{
    private long _since;

    /// <summary>When the attempt in hand began, as a timestamp; 0 between attempts.</summary>
    public long Since => Interlocked.Read(ref _since);

    /// <summary>Zero between attempts.</summary>
    public TimeSpan BusyFor => Interlocked.Read(ref _since) is > 0 and var since
        ? clock.GetElapsedTime(since)
        : TimeSpan.Zero;

    /// <summary>Runs one attempt, of one job or a batch, for as long as it may take.</summary>
    /// <exception cref="TimeoutException">It did not end in time. Its session is over, so it can write nothing more.</exception>
    public async Task<IReadOnlyList<Outcome>> RunAsync(Func<Task<IReadOnlyList<Outcome>>> attempt, TimeSpan timeout)
    {
        Interlocked.Exchange(ref _since, clock.GetTimestamp());
        try
        {
            return await attempt().WaitAsync(timeout, clock);
        }
        finally
        {
            Interlocked.Exchange(ref _since, 0);
        }
    }
}
