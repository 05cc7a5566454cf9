using Holdfast.Storage;

namespace Holdfast.Mirror;

/// <summary>The mirror's rows: one for each object, and an append-only one for each change that matters.</summary>
internal sealed class ObjectStore(Database database)
{
    /// <summary>About how many objects one question is, so that no answer meets its limit.</summary>
    private const int AtOnce = 500;

    /// <summary>What stands in the column where no event caused a change.</summary>
    private const long NoEvent = 0;

    private readonly Statements _sql = Statements.Of("Mirror/ObjectStore", database.Engine);

    /// <summary>The rows of these objects, locked until the session ends.</summary>
    /// <param name="keys">In their order, so that two workers never wait for each other.</param>
    public async Task<List<MirroredObject>> LockAsync(Session session, IReadOnlyCollection<ObjectKey> keys)
    {
        // An id is nearly always that of one object alone, so the rows of all keys are found by their ids together.
        var rows = await session.QueryAsync(_sql["Lock"], Read, ("ids", (string[])[.. keys.Select(key => key.Id)]));
        var wanted = keys.ToHashSet();
        return [.. rows.Where(row => wanted.Contains(row.Key))];
    }

    public Task<MirroredObject?> FindAsync(Session session, ObjectKey key) =>
        session.FirstAsync(_sql["Find"], Read, Values(key));

    /// <param name="objects">In the order of their keys.</param>
    public Task WriteAsync(Session session, IEnumerable<MirroredObject> objects) =>
        session.ExecuteEachAsync(
            _sql["Write"],
            [.. objects.Select(held => new (string, object?)[]
            {
                ("stripe_account", held.Key.StripeAccount),
                ("livemode", held.Key.Livemode),
                ("type", held.Key.Type),
                ("id", held.Key.Id),
                ("body", held.Body),
                ("api_version", held.ApiVersion),
                ("customer", held.Customer),
                ("status", held.Status),
                ("parent", held.Parent),
                ("as_of", held.AsOf),
                ("source", held.Source.Name),
                ("cause", held.Cause),
                ("confirmed", held.Confirmed),
                ("in_doubt", held.InDoubt),
                ("deleted", held.Deleted),
                ("hash", held.Hash),
                ("previous", held.Previous),
            })]);

    public Task AddChangesAsync(Session session, IEnumerable<ObjectChange> changes) =>
        session.ExecuteEachAsync(
            _sql["AddChange"],
            [.. changes.Select(change => new (string, object?)[]
            {
                ("stripe_account", change.Key.StripeAccount),
                ("livemode", change.Key.Livemode),
                ("type", change.Key.Type),
                ("object_id", change.Key.Id),
                ("event", change.Event ?? NoEvent),
                ("cause", change.Cause),
                ("difference", change.Difference),
                ("applied_at", change.AppliedAt),
            })]);

    public Task<List<ObjectChange>> ChangesByEventAsync(Session session, long eventRow) =>
        session.QueryAsync(_sql["ChangesByEvent"], ReadChange, ("event", eventRow));

    public Task<List<ObjectChange>> ChangesByObjectAsync(Session session, ObjectKey key) =>
        session.QueryAsync(_sql["ChangesByObject"], ReadChange, Values(key));

    /// <summary>What access is concluded from: the subscriptions, one-off purchases and feature summaries of customers.</summary>
    public Task<List<MirroredObject>> AccessRowsAsync(
        Session session, string stripeAccount, bool livemode, IReadOnlyCollection<string> customers) =>
        session.QueryAsync(
            _sql["AccessRows"],
            Read,
            ("stripe_account", stripeAccount),
            ("livemode", livemode),
            ("customers", customers));

    /// <summary>The objects of one type that hang on any of these; those that are gone are left out.</summary>
    public async Task<List<MirroredObject>> ChildrenAsync(
        Session session, string stripeAccount, bool livemode, string type, IReadOnlyCollection<string> parents)
    {
        var children = new List<MirroredObject>();
        foreach (var some in parents.Distinct().Chunk(AtOnce))
        {
            children.AddRange(await session.QueryAsync(
                _sql["Children"],
                Read,
                ("stripe_account", stripeAccount),
                ("livemode", livemode),
                ("type", type),
                ("parents", some)));
        }

        return children;
    }

    /// <summary>The objects that have these ids; those that are gone, too.</summary>
    public async Task<List<MirroredObject>> ByIdsAsync(
        Session session, string stripeAccount, bool livemode, IReadOnlyCollection<string> ids)
    {
        var rows = new List<MirroredObject>();
        foreach (var some in ids.Distinct().Chunk(AtOnce))
        {
            rows.AddRange(await session.QueryAsync(
                _sql["ByIds"], Read, ("stripe_account", stripeAccount), ("livemode", livemode), ("ids", some)));
        }

        return rows;
    }

    private static (string, object?)[] Values(ObjectKey key) =>
    [
        ("id", key.Id), ("type", key.Type), ("livemode", key.Livemode), ("stripe_account", key.StripeAccount),
    ];

    private static MirroredObject Read(Row row) => new()
    {
        Key = new(row.Text(0), row.Flag(1), row.Text(2), row.Text(3)),
        Body = row.Bytes(4),
        ApiVersion = row.TextOrNull(5),
        Customer = row.TextOrNull(6),
        Status = row.TextOrNull(7),
        Parent = row.TextOrNull(8),
        AsOf = row.Moment(9),
        Cause = row.Text(10),
        Confirmed = row.Flag(11),
        InDoubt = row.Flag(12),
        Deleted = row.Flag(13),
        Hash = row.Bytes(14),
        Source = Source.Parse(row.Text(15)),
        Previous = row.BytesOrNull(16),
    };

    private static ObjectChange ReadChange(Row row) => new(
        new(row.Text(0), row.Flag(1), row.Text(2), row.Text(3)),
        row.Number(4) is var told && told is NoEvent ? null : told,
        row.TextOrNull(7),
        row.Bytes(5),
        row.Moment(6));
}

/// <param name="Event">The row of the event that caused it; null where Stripe was asked.</param>
/// <param name="Cause">The id of the question to Stripe; null where an event caused it.</param>
/// <param name="Difference">JSON, as <see cref="Mirror.Difference"/> writes it.</param>
internal sealed record ObjectChange(
    ObjectKey Key, long? Event, string? Cause, byte[] Difference, DateTimeOffset AppliedAt);
