using Holdfast.Storage;

namespace Holdfast.Ingest;

internal sealed class RefusalStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Ingest/RefusalStore", database.Engine);

    public Task AddAsync(Session session, IEnumerable<Refusal> refusals) =>
        session.ExecuteEachAsync(
            _sql["Add"],
            [.. refusals.Select(refusal => new (string, object?)[]
            {
                ("at", refusal.At),
                ("endpoint", refusal.Endpoint),
                ("cause", refusal.Cause.Name),
                ("correlation", refusal.Correlation),
                ("remote_address", refusal.RemoteAddress),
                ("facts", refusal.Facts),
            })]);

    /// <summary>Keeps the newest and forgets the rest.</summary>
    public Task PruneAsync(Session session, int keep) => session.ExecuteAsync(_sql["Prune"], ("keep", keep));

    public Task<List<Refusal>> ListAsync(Session session, long? before, string? cause, string? endpoint, int limit) =>
        session.QueryAsync(
            _sql["List"],
            Read,
            ("before", before ?? long.MaxValue),
            ("cause", cause),
            ("endpoint", endpoint),
            ("limit", limit));

    private static Refusal Read(Row row) => new()
    {
        Id = row.Number(0),
        At = row.Moment(1),
        Endpoint = row.Text(2),
        Cause = RefusalCause.Parse(row.Text(3)),
        Correlation = row.Text(4),
        RemoteAddress = row.TextOrNull(5),
        Facts = row.Text(6),
    };
}
