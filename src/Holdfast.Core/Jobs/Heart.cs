using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Jobs;

/// <summary>
/// Tells the other nodes every second that this one lives, keeps its clock in step with the store's, and looks for
/// nodes that have fallen silent: what was due when one of them was lost is run alone, as it may be what brought it down.
/// </summary>
internal sealed partial class Heart(
    Database database,
    NodeStore nodes,
    ThisNode node,
    JobStore jobs,
    BatchHandler handler,
    Worker worker,
    WorkerOptions options,
    TimeProvider clock,
    ILogger<Heart> log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _watchingSince;
    private long? _lastBeatAt;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await BeatAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>One beat. What goes wrong with the store is left to the next.</summary>
    internal async Task BeatAsync(CancellationToken stop)
    {
        if (node.Id is 0)
        {
            return;
        }

        var beat = await database.WriteAsync(Turn.Work, BeatAsync, stop);
        if (beat is Commit<List<Suspect>>.Committed(var suspects))
        {
            worker.RunAlone(suspects);
        }
        else if (beat is Commit<List<Suspect>>.RolledBack(var cause) && !stop.IsCancellationRequested)
        {
            LogMissed(cause);
        }
    }

    private async Task<List<Suspect>> BeatAsync(Session session)
    {
        await database.SetClockAsync(session);
        var now = clock.GetUtcNow();
        if (!await nodes.BeatAsync(session, node.Id, now))
        {
            // It was silent for so long that the others took it for lost: it goes on as a new life.
            node.Id = await nodes.BeginAsync(session, node, now);
            LogBack(node.Id);
        }

        if (!HasWatched())
        {
            return [];
        }

        var lost = await nodes.LoseAsync(session, node, now);
        foreach (var name in lost)
        {
            LogLost(name, Node.LostAfter);
        }

        return lost.Count is 0 ? [] : await jobs.SuspectsAsync(session, handler.Kind, now, options.MaxSuspects);
    }

    /// <summary>
    /// Only who has been there all the time can tell who was not: after the store itself was away, or this process
    /// stood still, everybody's last beat is old.
    /// </summary>
    private bool HasWatched()
    {
        var now = clock.GetTimestamp();
        if (_lastBeatAt is not { } last || clock.GetElapsedTime(last, now) > Node.LateAfter)
        {
            _watchingSince = now;
        }

        _lastBeatAt = now;
        return clock.GetElapsedTime(_watchingSince, now) > Node.LostAfter;
    }

    [LoggerMessage(2201, LogLevel.Warning, "The node {Name} has been silent for more than {Limit}: it froze, died or was "
        + "cut off. Its work goes on here.")]
    private partial void LogLost(string name, TimeSpan limit);

    [LoggerMessage(2202, LogLevel.Warning, "The other nodes had taken this one for lost; it goes on as node {Id}.")]
    private partial void LogBack(long id);

    [LoggerMessage(2203, LogLevel.Warning, "A heartbeat could not be written.")]
    private partial void LogMissed(Exception cause);
}
