using Holdfast.Alerts;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ingest;

/// <summary>
/// What storing a group of deliveries does, in one transaction: each new event with its id and its job; each known
/// one counted, compared, and put back to work if its job was dead. A known one that was asked for is left alone.
/// </summary>
internal sealed partial class EventKeeper(
    EventStore events, JobStore jobs, CounterStore counters, AlertStore alerts, TimeProvider clock, ILogger<EventKeeper> log)
{
    /// <returns>One receipt for each delivery, in the same order.</returns>
    public async Task<Receipt[]> KeepAsync(Session session, IReadOnlyList<Delivery> group)
    {
        EventKey[] keys = [.. group.Select(EventKey.Of)];
        var arrivals = keys.Zip(group)
            .GroupBy(one => one.First, one => one.Second)
            .Select(same => new Arrivals(same.Key, same.Count(), same.Max(delivery => delivery.ReceivedAt)))
            .OrderBy(one => one.Key);
        var rows = await events.AddIdsAsync(session, arrivals);

        var receipts = new Receipt[group.Count];
        var added = new List<(long Row, Delivery Delivery)>();
        var again = new List<(EventKey Key, long Row, Delivery Delivery)>();
        var seen = new HashSet<EventKey>();
        for (var i = 0; i < group.Count; i++)
        {
            var (row, isNew) = rows[keys[i]];
            if (seen.Add(keys[i]) && isNew)
            {
                added.Add((row, group[i]));
                receipts[i] = new Receipt.Stored();
            }
            else
            {
                again.Add((keys[i], row, group[i]));
                receipts[i] = new Receipt.Duplicate();
            }
        }

        await events.AddAsync(session, added);
        await jobs.AddAsync(session, StoredEvent.JobKind, [.. added.Select(one => one.Row)], clock.GetUtcNow());
        added.ForEach(one => LogStored(
            one.Delivery.Envelope.Id.ToString(),
            one.Delivery.Envelope.Type,
            one.Delivery.Endpoint,
            one.Delivery.Correlation));
        await KeepAgainAsync(session, [.. again.Where(one => !one.Delivery.WasAskedFor)]);
        await CountAsync(session, group, [.. added.Select(one => one.Delivery)]);
        return receipts;
    }

    private async Task KeepAgainAsync(Session session, List<(EventKey Key, long Row, Delivery Delivery)> again)
    {
        if (again.Count is 0)
        {
            return;
        }

        long[] rows = [.. again.Select(one => one.Row).Distinct()];
        var prints = await events.PrintsAsync(session, rows);
        foreach (var (key, row, delivery) in again)
        {
            LogDuplicate(key.EventId, delivery.Correlation);
            if (prints.TryGetValue(row, out var print) && print.MayContradict(delivery))
            {
                await CompareAsync(session, key, row, delivery);
            }
        }

        var putBack = await jobs.ReplayDeadSubjectsAsync(session, StoredEvent.JobKind, rows, clock.GetUtcNow());
        foreach (var (key, _, delivery) in again.Where(one => putBack.Contains(one.Row)).DistinctBy(one => one.Row))
        {
            LogPutBack(key.EventId, delivery.Correlation);
        }
    }

    private async Task CompareAsync(Session session, EventKey key, long row, Delivery delivery)
    {
        if (await events.KeepConflictAsync(session, row, delivery))
        {
            await counters.AddAsync(session, Counters.Conflicts, 1);
            await alerts.RaiseAsync(
                session,
                new(AlertKinds.EventConflict, key.EventId),
                $"The event {key.EventId} was delivered again with another object. The first one stands; "
                + "compare it with the event in Stripe's Dashboard.",
                clock.GetUtcNow());
            LogConflict(key.EventId, delivery.Correlation);
        }
    }

    private async Task CountAsync(Session session, IReadOnlyList<Delivery> group, Delivery[] added)
    {
        var caughtUp = added.Count(delivery => delivery.WasAskedFor);
        Delivery[] delivered = [.. group.Where(delivery => !delivery.WasAskedFor)];
        await counters.AddAsync(session, Counters.Received, added.Length);
        await counters.AddAsync(session, Counters.CaughtUp, caughtUp);
        await counters.AddAsync(session, Counters.Duplicates, delivered.Length - (added.Length - caughtUp));
        foreach (var matched in delivered.CountBy(delivery => (delivery.Endpoint, Secret: delivery.Secret!)))
        {
            await counters.AddAsync(
                session, Counters.SecretMatched(matched.Key.Endpoint, matched.Key.Secret), matched.Value);
        }
    }

    [LoggerMessage(1001, LogLevel.Debug, "Storing {EventId} ({Type}) from endpoint {Endpoint}, delivery {Correlation}.")]
    private partial void LogStored(string eventId, string type, string endpoint, string correlation);

    [LoggerMessage(1002, LogLevel.Debug, "{EventId} came again, delivery {Correlation}.")]
    private partial void LogDuplicate(string eventId, string correlation);

    [LoggerMessage(1003, LogLevel.Warning, "{EventId} came again with another object, delivery {Correlation}: "
        + "the first one stands, the other is kept aside.")]
    private partial void LogConflict(string eventId, string correlation);

    [LoggerMessage(1004, LogLevel.Information, "{EventId} came again while it was a dead letter and is applied anew, "
        + "delivery {Correlation}.")]
    private partial void LogPutBack(string eventId, string correlation);
}
