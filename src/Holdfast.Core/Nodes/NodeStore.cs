using Holdfast.Storage;

namespace Holdfast.Nodes;

/// <summary>Which nodes there are and were, and whether they ended in good order. One without an end died.</summary>
internal sealed class NodeStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Nodes/NodeStore", database.Engine);

    /// <summary>
    /// The former lives under this node's name that never ended. Where a store has one owner, all of them are over; where it has
    /// many nodes, one that still beats is a neighbour of the same name.
    /// </summary>
    public async Task<(long Dead, long Beating)> UnendedAsync(
        Session session, long id, string name, DateTimeOffset now)
    {
        var found = await session.QueryAsync(
            _sql["Unended"],
            row => (Dead: row.Number(0), Beating: row.Number(1)),
            ("id", id), ("name", name), ("late", now - Node.LateAfter));
        return found[0];
    }

    public Task<long> BeginAsync(Session session, ThisNode node, DateTimeOffset now) =>
        session.NumberAsync(
            _sql["Begin"], ("name", node.Name), ("version", node.Version), ("started_at", now));

    /// <summary>Notes that this process is alive and its store takes writes.</summary>
    /// <returns>False when it has no row yet, or the others have taken it for lost.</returns>
    public async Task<bool> BeatAsync(Session session, long node, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Beat"], ("id", node), ("seen_at", now)) is 1;

    /// <summary>Ends the former lives under this name: the jobs they held have been dealt with.</summary>
    public Task EndFormerAsync(Session session, long id, string name, DateTimeOffset now) =>
        session.ExecuteAsync(
            _sql["EndFormer"],
            ("id", id), ("name", name), ("late", now - Node.LateAfter), ("ended_at", now));

    public Task EndAsync(Session session, long node, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["End"], ("id", node), ("ended_at", now));

    /// <summary>Ends the nodes that have not been seen for too long.</summary>
    /// <returns>Their names. Only one of those who ask is told of each.</returns>
    public Task<List<string>> LoseAsync(Session session, ThisNode node, DateTimeOffset now) =>
        session.QueryAsync(
            _sql["Lose"],
            row => row.Text(0),
            ("id", node.Id), ("silent", now - Node.LostAfter), ("ended_at", now));

    /// <summary>How many nodes there are, those included that are late: they may be back in a moment.</summary>
    public Task<long> CountAliveAsync(Session session, DateTimeOffset now) =>
        session.NumberAsync(_sql["CountAlive"], ("late", now - Node.LostAfter));

    /// <summary>Forgets the nodes that ended before that moment, in good order or not.</summary>
    public Task ForgetAsync(Session session, DateTimeOffset before) => session.ExecuteAsync(_sql["Forget"], ("before", before));

    public Task<List<Node>> ListAsync(Session session, long? before, int limit) =>
        session.QueryAsync(_sql["List"], Read, ("before", before ?? long.MaxValue), ("limit", limit));

    private static Node Read(Row row) => new()
    {
        Id = row.Number(0),
        Name = row.Text(1),
        Version = row.Text(2),
        StartedAt = row.Moment(3),
        SeenAt = row.Moment(4),
        EndedAt = row.MomentOrNull(5),
        Lost = row.Flag(6),
    };
}
