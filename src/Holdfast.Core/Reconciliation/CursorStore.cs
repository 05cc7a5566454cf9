using Holdfast.Storage;

namespace Holdfast.Reconciliation;

/// <summary>The cursors. Each moves only from where its mover saw it stand.</summary>
internal sealed class CursorStore(Database database)
{
    private const int MaxListed = 1000;

    private readonly Statements _sql = Statements.Of("Reconciliation/CursorStore", database.Engine);

    /// <returns>The row of a new cursor; null when there is one already.</returns>
    public async Task<long?> AddAsync(Session session, Sweep sweep, string stripeAccount, bool livemode) =>
        await session.NumberAsync(
            _sql["Add"], ("sweep", sweep.Name), ("livemode", livemode), ("stripe_account", stripeAccount)) is > 0 and var id
            ? id
            : null;

    public Task<Cursor?> FindAsync(Session session, long id) => session.FirstAsync(_sql["Find"], Read, [("id", id)]);

    /// <summary>All of one sweep, our own account's first.</summary>
    public Task<List<Cursor>> ListAsync(Session session, Sweep sweep) =>
        session.QueryAsync(_sql["List"], Read, ("sweep", sweep.Name), ("limit", MaxListed));

    /// <summary>Moves a cursor, and never back in what was gone through.</summary>
    /// <param name="from">Where it stood when the walk to <paramref name="to"/> began; null before its beginning.</param>
    /// <returns>False when it stands elsewhere by now: nothing was written.</returns>
    public async Task<bool> MoveAsync(Session session, Cursor cursor, Progress? from, Progress to) =>
        from is null
            ? await session.ExecuteAsync(_sql["Begin"], ("id", cursor.Id), ("at", to.BeganAt)) is 1
            : await session.ExecuteAsync(
                _sql["Move"],
                ("id", cursor.Id),
                ("settled_from", from.SettledUntil),
                ("walked_from", from.WalkedUntil),
                ("settled_until", to.SettledUntil),
                ("walked_until", to.WalkedUntil)) is 1;

    /// <summary>Has a sweep that came to its end begin anew.</summary>
    /// <returns>False when it stands elsewhere by now: nothing was written.</returns>
    public async Task<bool> RewindAsync(Session session, Cursor cursor, Progress from, DateTimeOffset to) =>
        await session.ExecuteAsync(
            _sql["Rewind"], ("id", cursor.Id), ("walked_from", from.WalkedUntil), ("walked_until", to)) is 1;

    /// <summary>Notes that it came to the present.</summary>
    public Task ReachAsync(Session session, Cursor cursor, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["Reach"], ("id", cursor.Id), ("now", now));

    /// <summary>Notes that it came further, though not to the present.</summary>
    public Task ProceedAsync(Session session, Cursor cursor) => session.ExecuteAsync(_sql["Proceed"], ("id", cursor.Id));

    /// <summary>Notes why it comes no further. It is so since it was first noted.</summary>
    public Task StopAsync(Session session, Cursor cursor, string trouble, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["Stop"], ("id", cursor.Id), ("trouble", trouble), ("now", now));

    private static Cursor Read(Row row) => new()
    {
        Id = row.Number(0),
        Sweep = Sweep.Parse(row.Text(1)),
        StripeAccount = row.Text(2),
        Livemode = row.Flag(3),
        Progress = row.MomentOrNull(4) is { } began ? new(began, row.Moment(5), row.Moment(6)) : null,
        ReachedAt = row.MomentOrNull(7),
        Trouble = row.TextOrNull(8),
        TroubleSince = row.MomentOrNull(9),
    };
}
