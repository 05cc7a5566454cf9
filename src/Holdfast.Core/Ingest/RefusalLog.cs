using Holdfast.Storage;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ingest;

/// <summary>
/// Keeps the newest refusals and counts all of them. They are gathered in memory and written together, so that a flood
/// of forged deliveries costs the store next to nothing.
/// </summary>
internal sealed partial class RefusalLog(
    Database database, RefusalStore refusals, CounterStore counters, TimeProvider clock, ILogger<RefusalLog> log)
{
    /// <summary>How many are kept, and how many may wait to be written.</summary>
    public const int MaxKept = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<Refusal> _waiting = new();
    private readonly Dictionary<RefusalCause, long> _counts = [];

    public void Add(Refusal refusal)
    {
        lock (_lock)
        {
            if (_waiting.Count >= MaxKept)
            {
                _waiting.Dequeue();
            }

            _waiting.Enqueue(refusal);
            _counts[refusal.Cause] = _counts.GetValueOrDefault(refusal.Cause) + 1;
        }
    }

    /// <summary>Writes what was gathered, now and then, until it is stopped; then once more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await FlushAsync();
        }
    }

    /// <summary>Writes what was gathered. When the store cannot take it now, it is kept for the next time.</summary>
    public async Task FlushAsync()
    {
        var (waiting, counts) = Take();
        if (counts.Count is 0)
        {
            return;
        }

        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                await refusals.AddAsync(session, waiting);
                await refusals.PruneAsync(session, MaxKept);
                await counters.AddAsync(session, Counters.Refused, counts.Values.Sum());
                foreach (var (cause, count) in counts)
                {
                    await counters.AddAsync(session, Counters.RefusedFor(cause.Name), count);
                }

                return true;
            },
            CancellationToken.None);
        if (commit is Commit<bool>.RolledBack)
        {
            PutBack(waiting, counts);
            return;
        }

        foreach (var (cause, count) in counts)
        {
            LogRefused(count, cause.Name, waiting.LastOrDefault(refusal => refusal.Cause == cause)?.Correlation);
        }
    }

    private (Refusal[] Waiting, Dictionary<RefusalCause, long> Counts) Take()
    {
        lock (_lock)
        {
            var taken = (_waiting.ToArray(), new Dictionary<RefusalCause, long>(_counts));
            _waiting.Clear();
            _counts.Clear();
            return taken;
        }
    }

    private void PutBack(Refusal[] waiting, Dictionary<RefusalCause, long> counts)
    {
        lock (_lock)
        {
            var since = _waiting.ToArray();
            _waiting.Clear();
            foreach (var refusal in waiting.Concat(since).TakeLast(MaxKept))
            {
                _waiting.Enqueue(refusal);
            }

            foreach (var (cause, count) in counts)
            {
                _counts[cause] = _counts.GetValueOrDefault(cause) + count;
            }
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "Refused {Count} deliveries: {Cause} (the last: delivery {Correlation}).")]
    private partial void LogRefused(long count, string cause, string? correlation);
}
