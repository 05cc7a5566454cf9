using Holdfast.Mirror;
using Holdfast.Storage;

namespace Holdfast.Apply;

/// <summary>A subscription or a purchase of which access needs to know more than is held.</summary>
/// <param name="Id">The subject of its job.</param>
/// <param name="Looked">Stripe has been asked for what is missing, or there was nothing to ask it for.</param>
internal sealed record Parked(long Id, ObjectKey Key, bool Looked, DateTimeOffset DeadlineAt);

/// <summary>What is parked: a row for each object, as long as it is.</summary>
internal sealed class ParkedStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Apply/ParkedStore", database.Engine);

    public async Task<Parked> AddAsync(Session session, MirroredObject held, bool looked, DateTimeOffset deadline)
    {
        var id = await session.NumberAsync(
            _sql["Add"],
            ("stripe_account", held.Key.StripeAccount),
            ("livemode", held.Key.Livemode),
            ("type", held.Key.Type),
            ("object_id", held.Key.Id),
            ("customer", held.Customer),
            ("parent", held.Parent),
            ("looked", looked),
            ("deadline_at", deadline));
        return new(id, held.Key, looked, deadline);
    }

    public Task<Parked?> FindAsync(Session session, long id) => session.FirstAsync(_sql["Find"], Read, [("id", id)]);

    /// <summary>Those that may hang together with any of these objects.</summary>
    /// <param name="ids">Of the objects, and of those that they hang on.</param>
    public Task<List<Parked>> RelatedAsync(
        Session session, IReadOnlyCollection<string> ids, IReadOnlyCollection<string> customers) =>
        session.QueryAsync(_sql["Related"], Read, ("ids", ids), ("customers", customers));

    /// <summary>Notes whether Stripe has been asked.</summary>
    public Task NoteAsync(Session session, Parked one) =>
        session.ExecuteAsync(_sql["Note"], ("id", one.Id), ("looked", one.Looked));

    public Task RemoveAsync(Session session, long id) => session.ExecuteAsync(_sql["Remove"], ("id", id));

    private static Parked Read(Row row) =>
        new(row.Number(0), new(row.Text(1), row.Flag(2), row.Text(3), row.Text(4)), row.Flag(5), row.Moment(6));
}
