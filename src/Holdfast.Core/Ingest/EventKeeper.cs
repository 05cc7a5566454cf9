using Holdfast.Alerts;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ingest;

/// <summary>
/// What storing a group of deliveries does, in one transaction: each new event with its id and its job; each known
/// one counted, compared, and put back to work if its job was dead.
/// </summary>
internal sealed partial class EventKeeper(
    EventStore events, JobStore jobs, CounterStore counters, AlertStore alerts, TimeProvider clock, ILogger<EventKeeper> log)
{
    /// <returns>One receipt for each delivery, in the same order.</returns>
    public async Task<Receipt[]> KeepAsync(Session session, IReadOnlyList<Delivery> group)
    {
        EventKey[] keys = [.. group.Select(EventKey.Of)];
        var firsts = new SortedDictionary<EventKey, Delivery>();
        for (var i = 0; i < keys.Length; i++)
        {
            firsts.TryAdd(keys[i], group[i]);
        }

        var added = await events.AddIdsAsync(session, firsts);
        await events.AddAsync(session, added.Select(one => (one.Row, firsts[one.Key])));
        await jobs.AddAsync(session, StoredEvent.JobKind, [.. added.Select(one => one.Row)], clock.GetUtcNow());
        var stored = added.Select(one => firsts[one.Key]).ToHashSet<Delivery>(ReferenceEqualityComparer.Instance);

        var receipts = new Receipt[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            receipts[i] = stored.Contains(group[i])
                ? Stored(group[i])
                : await KeepAgainAsync(session, keys[i], group[i]);
        }

        await CountAsync(session, group, added.Count);
        return receipts;
    }

    private Receipt.Stored Stored(Delivery delivery)
    {
        LogStored(delivery.Envelope.Id.ToString(), delivery.Envelope.Type, delivery.Endpoint, delivery.Correlation);
        return new();
    }

    private async Task<Receipt> KeepAgainAsync(Session session, EventKey key, Delivery delivery)
    {
        var row = await events.CountDeliveryAsync(session, key, delivery.ReceivedAt);
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

        if (await jobs.ReplayDeadSubjectAsync(session, StoredEvent.JobKind, row, clock.GetUtcNow()))
        {
            LogPutBack(key.EventId, delivery.Correlation);
        }

        LogDuplicate(key.EventId, delivery.Correlation);
        return new Receipt.Duplicate();
    }

    private async Task CountAsync(Session session, IReadOnlyList<Delivery> group, int added)
    {
        await counters.AddAsync(session, Counters.Received, added);
        await counters.AddAsync(session, Counters.Duplicates, group.Count - added);
        foreach (var matched in group.CountBy(delivery => (delivery.Endpoint, delivery.Secret)))
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
