using Holdfast.Alerts;
using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Upkeep;

/// <summary>
/// Looks after the store every minute: makes room for the months to come, takes away what is no longer kept, and tells
/// of what would make it slow. Every node does so; what one is at, the others leave to it.
/// </summary>
internal sealed partial class Upkeeper(
    Database database,
    UpkeepStore upkeep,
    AlertStore alerts,
    NodeStore nodes,
    RetentionOptions retention,
    TimeProvider clock,
    ILogger<Upkeeper> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NodesAreKept = TimeSpan.FromDays(7);
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(62);

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await RunOnceAsync(stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>One round. What cannot be done now is done in the next.</summary>
    internal async Task RunOnceAsync(CancellationToken stop)
    {
        try
        {
            await LookAfterAsync(stop);
        }
        catch (StoreException exception)
        {
            LogPutOff(exception);
        }
    }

    private async Task LookAfterAsync(CancellationToken stop)
    {
        var before = clock.GetUtcNow() - retention.Events;
        while (await WriteAsync(session => upkeep.PrepareAsync(session, clock.GetUtcNow() + Ahead), stop) is not null)
        {
            stop.ThrowIfCancellationRequested();
        }

        await WriteAsync(TidyAsync, stop);
        while (await WriteAsync(session => upkeep.DropMonthAsync(session, before), stop) is { } month)
        {
            LogDropped(month, retention.Events);
        }

        var first = await database.ReadAsync(session => upkeep.FirstKeptAsync(session, before), stop);
        foreach (var name in UpkeepStore.Prunes)
        {
            while (await WriteAsync(session => upkeep.PruneAsync(session, name, first, before), stop) >= UpkeepStore.Slice)
            {
                stop.ThrowIfCancellationRequested();
            }
        }

        while (await WriteAsync(session => upkeep.PruneFindingsAsync(session, before), stop) >= UpkeepStore.Slice)
        {
            stop.ThrowIfCancellationRequested();
        }

        while (await WriteAsync(session => upkeep.PruneFetchesAsync(session, before), stop) >= UpkeepStore.Slice)
        {
            stop.ThrowIfCancellationRequested();
        }

        var callsBefore = clock.GetUtcNow() - retention.Calls;
        while (await WriteAsync(session => upkeep.PruneCallsAsync(session, callsBefore), stop) >= UpkeepStore.Slice)
        {
            stop.ThrowIfCancellationRequested();
        }

        await WriteAsync(WarnAsync, stop);
    }

    private async Task<string> TidyAsync(Session session)
    {
        await upkeep.FoldCountersAsync(session);
        await nodes.ForgetAsync(session, clock.GetUtcNow() - NodesAreKept);
        return "";
    }

    private async Task<string> WarnAsync(Session session)
    {
        // Two nodes that see different things would raise and clear the same alerts in different orders.
        await session.LockAsync(LockSpace.Chores, [nameof(WarnAsync)]);
        var now = clock.GetUtcNow();
        var warnings = await upkeep.WarningsAsync(session, now);
        foreach (var warning in warnings)
        {
            await alerts.RaiseAsync(session, new(warning.Kind, warning.Subject), warning.Message, now);
        }

        foreach (var kind in AlertKinds.OfTheStore)
        {
            string[] open = [.. warnings.Where(warning => warning.Kind == kind).Select(warning => warning.Subject)];
            await alerts.ClearOthersAsync(session, kind, open, now);
        }

        return "";
    }

    private async Task<T?> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken stop)
    {
        switch (await database.WriteAsync(Turn.Work, work, stop))
        {
            case Commit<T>.Committed(var value):
                return value;
            case Commit<T>.RolledBack(var cause):
                stop.ThrowIfCancellationRequested();
                LogPutOff(cause);
                return default;
            default:
                return default;
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "Dropped {Month}: all in it is older than {Retention} and has ended.")]
    private partial void LogDropped(string month, TimeSpan retention);

    [LoggerMessage(2302, LogLevel.Warning, "A part of the store's upkeep could not be done now; it is tried again in a minute.")]
    private partial void LogPutOff(Exception cause);
}
