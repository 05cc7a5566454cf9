using System.Text.Json;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Stripe;

namespace Holdfast.Ingest;

/// <summary>Every event, once: its id under a unique key, its exact bytes, and how often it was delivered.</summary>
internal sealed class EventStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Ingest/EventStore", database.Engine);

    /// <summary>Claims the ids of these deliveries, or counts them where the ids are known.</summary>
    /// <param name="arrivals">In the order of their keys, each once, so that two nodes never wait in a circle.</param>
    /// <returns>The row of each, and whether it is new.</returns>
    public async Task<Dictionary<EventKey, (long Row, bool IsNew)>> AddIdsAsync(
        Session session, IEnumerable<Arrivals> arrivals)
    {
        var counts = arrivals.ToDictionary(one => one.Key);
        var rows = await session.QueryEachAsync(
            _sql["AddIds"],
            row => (Id: row.Number(0), Key: new EventKey(row.Text(1), row.Flag(2), row.Text(3)), Deliveries: row.Number(4)),
            [.. counts.Values.Select(one => new (string, object?)[]
            {
                ("event_id", one.Key.EventId),
                ("livemode", one.Key.Livemode),
                ("stripe_account", one.Key.StripeAccount),
                ("deliveries", one.Count),
                ("at", one.LastAt),
            })]);

        // One that was known before has more deliveries than have just come.
        return rows.ToDictionary(row => row.Key, row => (row.Id, row.Deliveries == counts[row.Key].Count));
    }

    public Task AddAsync(Session session, IEnumerable<(long Row, Delivery Delivery)> added) =>
        session.ExecuteEachAsync(
            _sql["Add"],
            [.. added.Select(one => new (string, object?)[]
            {
                ("id", one.Row),
                ("event_id", one.Delivery.Envelope.Id.ToString()),
                ("livemode", one.Delivery.Envelope.Livemode),
                ("stripe_account", one.Delivery.Envelope.StripeAccount ?? ""),
                ("type", one.Delivery.Envelope.Type),
                ("created", one.Delivery.Envelope.Created),
                ("received_at", one.Delivery.ReceivedAt),
                ("api_version", one.Delivery.Envelope.ApiVersion),
                ("object_type", one.Delivery.Envelope.ObjectType),
                ("object_id", one.Delivery.Envelope.ObjectId),
                ("request_id", one.Delivery.Envelope.RequestId),
                ("endpoint", one.Delivery.Endpoint),
                ("correlation", one.Delivery.Correlation),
                ("hash", one.Delivery.Hash),
                ("body", one.Delivery.Body),
            })]);

    /// <summary>What tells whether other bytes may contradict the stored ones: hash and API version of these rows.</summary>
    public async Task<Dictionary<long, EventPrint>> PrintsAsync(Session session, IReadOnlyList<long> rows) =>
        (await session.QueryAsync(
            _sql["Prints"], row => new EventPrint(row.Number(0), row.TextOrNull(1), row.Bytes(2)), ("ids", rows)))
            .ToDictionary(print => print.Row);

    /// <summary>
    /// Keeps the body of a delivery that contradicts what is stored: <c>pending_webhooks</c> differs from delivery to
    /// delivery, so only another object is a conflict.
    /// </summary>
    /// <returns>True when it does contradict it, and was not known to.</returns>
    public async Task<bool> KeepConflictAsync(Session session, long row, Delivery delivery)
    {
        var stored = await FindAsync(session, row);
        return stored is not null && !HaveSameObject(stored.Body, delivery.Body) && await session.ExecuteAsync(
            _sql["AddConflict"],
            ("event", row),
            ("received_at", delivery.ReceivedAt),
            ("endpoint", delivery.Endpoint),
            ("correlation", delivery.Correlation),
            ("hash", delivery.Hash),
            ("body", delivery.Body)) is 1;
    }

    public async Task<Dictionary<long, StoredEvent>> LoadAsync(Session session, IReadOnlyList<long> rows) =>
        (await session.QueryAsync(_sql["Load"], Read, ("ids", rows))).ToDictionary(stored => stored.Row);

    /// <summary>Which of these ids are known in this mode and account.</summary>
    public async Task<HashSet<string>> KnownAsync(
        Session session, IReadOnlyList<string> eventIds, bool livemode, string stripeAccount) =>
        [.. await session.QueryAsync(
            _sql["Known"],
            row => row.Text(0),
            ("event_ids", eventIds),
            ("livemode", livemode),
            ("stripe_account", stripeAccount))];

    public Task<StoredEvent?> FindAsync(Session session, long row) =>
        session.FirstAsync(_sql["Find"], Read, [("id", row)]);

    /// <summary>The events of this id: more than one only where two accounts or both modes use it.</summary>
    public Task<List<EventSummary>> ByEventIdAsync(Session session, string eventId) =>
        session.QueryAsync(_sql["ByEventId"], ReadSummary, ("event_id", eventId));

    public Task<List<EventSummary>> ListAsync(Session session, EventFilter filter) =>
        session.QueryAsync(
            _sql[filter switch
            {
                { ObjectId: not null } => "ListByObject",
                { Type: not null } => "ListByType",
                { State: JobState.Waiting } => "ListWaiting",
                { State: JobState.Dead } => "ListDead",
                { State: JobState.Dismissed } => "ListDismissed",
                _ => "List",
            }],
            ReadSummary,
            ("before", filter.Before ?? long.MaxValue),
            ("type", filter.Type),
            ("object_id", filter.ObjectId),
            ("livemode", filter.Livemode),
            ("state", filter.State?.Name),
            ("limit", filter.Limit));

    private static bool HaveSameObject(byte[] stored, byte[] delivered)
    {
        using var one = JsonDocument.Parse(stored);
        using var other = JsonDocument.Parse(delivered);
        return (one.RootElement.At("data", "object"), other.RootElement.At("data", "object")) switch
        {
            ({ } here, { } there) => JsonElement.DeepEquals(here, there),

            // Thin events carry no object; they only point at one.
            var (here, there) => here is null && there is null,
        };
    }

    private static StoredEvent Read(Row row) => new()
    {
        Row = row.Number(0),
        EventId = row.Text(1),
        Livemode = row.Flag(2),
        StripeAccount = row.Text(3),
        Type = row.Text(4),
        Created = row.Moment(5),
        ReceivedAt = row.Moment(6),
        ApiVersion = row.TextOrNull(7),
        ObjectType = row.TextOrNull(8),
        ObjectId = row.TextOrNull(9),
        Endpoint = row.Text(10),
        Correlation = row.Text(11),
        Hash = row.Bytes(12),
        Body = row.Bytes(13),
    };

    private static EventSummary ReadSummary(Row row) => new()
    {
        Row = row.Number(0),
        EventId = row.Text(1),
        Livemode = row.Flag(2),
        StripeAccount = row.Text(3),
        Type = row.Text(4),
        Created = row.Moment(5),
        ReceivedAt = row.Moment(6),
        ApiVersion = row.TextOrNull(7),
        ObjectType = row.TextOrNull(8),
        ObjectId = row.TextOrNull(9),
        Endpoint = row.Text(10),
        Correlation = row.Text(11),
        Deliveries = row.Number(12),
        Job = row.Number(13),
        JobState = row.Text(14),
        JobAttempt = (int)row.Number(15),
        JobRunAt = row.MomentOrNull(16),
    };
}

/// <summary>The deliveries of one event in one group.</summary>
internal sealed record Arrivals(EventKey Key, int Count, DateTimeOffset LastAt);

/// <summary>What is known of stored bytes without reading them.</summary>
internal sealed record EventPrint(long Row, string? ApiVersion, byte[] Hash)
{
    /// <summary>
    /// Stripe renders an event once per API version: other bytes under the same version may contradict these.
    /// </summary>
    public bool MayContradict(Delivery delivery) =>
        ApiVersion == delivery.Envelope.ApiVersion && !Hash.AsSpan().SequenceEqual(delivery.Hash);
}

/// <summary>What makes an event one: its id, within the mode and the account it happened in.</summary>
internal readonly record struct EventKey(string EventId, bool Livemode, string StripeAccount) : IComparable<EventKey>
{
    public static EventKey Of(Delivery delivery) =>
        new(delivery.Envelope.Id.ToString(), delivery.Envelope.Livemode, delivery.Envelope.StripeAccount ?? "");

    public int CompareTo(EventKey other)
    {
        var order = string.CompareOrdinal(EventId, other.EventId);
        order = order is 0 ? Livemode.CompareTo(other.Livemode) : order;
        return order is 0 ? string.CompareOrdinal(StripeAccount, other.StripeAccount) : order;
    }
}

/// <summary>An event in a list: all but its bytes, with how its job stands.</summary>
internal sealed record EventSummary
{
    public required long Row { get; init; }

    public required string EventId { get; init; }

    public required bool Livemode { get; init; }

    public required string StripeAccount { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string? ApiVersion { get; init; }

    public required string? ObjectType { get; init; }

    public required string? ObjectId { get; init; }

    public required string Endpoint { get; init; }

    public required string Correlation { get; init; }

    public required long Deliveries { get; init; }

    public required long Job { get; init; }

    public required string JobState { get; init; }

    public required int JobAttempt { get; init; }

    public required DateTimeOffset? JobRunAt { get; init; }
}

/// <summary>Which events to list, newest first.</summary>
internal sealed record EventFilter
{
    /// <summary>Only rows before this one: where the last page ended.</summary>
    public long? Before { get; init; }

    public string? Type { get; init; }

    public string? ObjectId { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>The state of the event's job.</summary>
    public JobState? State { get; init; }

    public required int Limit { get; init; }
}
