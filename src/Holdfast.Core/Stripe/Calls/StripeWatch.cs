using Holdfast.Alerts;
using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Stripe.Calls;

/// <summary>
/// What is done beside the calls: writes down those that were made and what they have found, counts the nodes that share
/// the budget, and looks whether a key that Stripe refuses works again.
/// </summary>
internal sealed partial class StripeWatch(
    StripeCalls calls,
    StripeClient client,
    Database database,
    CallStore store,
    AlertStore alerts,
    NodeStore nodes,
    TimeProvider clock,
    ILogger<StripeWatch> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTrials = TimeSpan.FromSeconds(15);

    private long _countedAt = clock.GetTimestamp();
    private long _triedAt = clock.GetTimestamp();

    /// <summary>Does so now and then, until it is stopped; then writes once more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            await CountNodesAsync(stop);
            while (await timer.WaitForNextTickAsync(stop))
            {
                await TurnAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await FlushAsync();
        }
    }

    /// <summary>Writes down what was gathered. When the store cannot take it now, it is kept for the next time.</summary>
    public async Task FlushAsync()
    {
        while (await FlushSomeAsync() is CallRecords.MaxTogether)
        {
        }
    }

    /// <returns>How many calls were written down.</returns>
    private async Task<int> FlushSomeAsync()
    {
        var (records, lost) = calls.Records.Take();
        var found = calls.Alerts.Take();
        if (lost > 0)
        {
            LogLost(lost);
        }

        if (records.Count is 0 && found.Count is 0)
        {
            return 0;
        }

        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                await store.AddAsync(session, records);
                await NoteAsync(session, found);
                return true;
            },
            CancellationToken.None);
        if (commit is Commit<bool>.RolledBack)
        {
            calls.Records.PutBack(records);
            calls.Alerts.PutBack(found);
            return 0;
        }

        foreach (var (key, message) in found.Where(one => one.Value is not null))
        {
            LogFound(key.Kind, key.Subject, message!);
        }

        return records.Count;
    }

    /// <summary>One turn. What cannot be done now is done in the next.</summary>
    internal async Task TurnAsync(CancellationToken stop)
    {
        calls.Keys.Forget();
        await FlushAsync();
        if (clock.GetElapsedTime(_countedAt) >= BetweenCounts)
        {
            await CountNodesAsync(stop);
            _countedAt = clock.GetTimestamp();
        }

        if (clock.GetElapsedTime(_triedAt) >= BetweenTrials)
        {
            foreach (var key in calls.Keys.Refused)
            {
                await client.TryAsync(key, stop);
            }

            _triedAt = clock.GetTimestamp();
        }
    }

    private async Task NoteAsync(Session session, IReadOnlyDictionary<AlertKey, string?> found)
    {
        var now = clock.GetUtcNow();

        // In one order on every node, so that no two wait for each other.
        foreach (var (key, message) in found
            .OrderBy(one => one.Key.Kind, StringComparer.Ordinal)
            .ThenBy(one => one.Key.Subject, StringComparer.Ordinal))
        {
            if (message is not null)
            {
                await alerts.RaiseAsync(session, key, message, now);
            }
            else
            {
                await alerts.ClearAsync(session, key, now);
            }
        }
    }

    private async Task CountNodesAsync(CancellationToken stop)
    {
        try
        {
            calls.Budget.Share(await database.ReadAsync(
                async session => (int)await nodes.CountAliveAsync(session, clock.GetUtcNow()), stop));
        }
        catch (StoreException)
        {
            // Those that were counted last are about as many.
        }
    }

    [LoggerMessage(6001, LogLevel.Warning, "{Kind}: {Subject}. {Message}")]
    private partial void LogFound(string kind, string subject, string message);

    [LoggerMessage(6002, LogLevel.Warning, "{Count} calls of Stripe's API were not recorded: the store could not "
        + "take them in time.")]
    private partial void LogLost(long count);
}
