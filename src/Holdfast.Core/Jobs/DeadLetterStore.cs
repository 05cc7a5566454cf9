using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>A job that will not run again by itself, with its last error.</summary>
internal sealed record DeadLetter
{
    public required JobId Id { get; init; }

    public required string Kind { get; init; }

    public required long Subject { get; init; }

    public required string State { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset? FirstAt { get; init; }

    public required DateTimeOffset? LastAt { get; init; }

    public required string? Error { get; init; }

    public required string? Fingerprint { get; init; }
}

/// <summary>Dead letters of one cause.</summary>
internal sealed record DeadLetterGroup(
    string? Fingerprint, string Kind, long Count, string? Error, DateTimeOffset? FirstAt, DateTimeOffset? LastAt);

/// <summary>Which dead letters are meant.</summary>
internal sealed record DeadLetterFilter
{
    public string? Kind { get; init; }

    public string? Fingerprint { get; init; }
}

/// <summary>Reads the dead letters; what is done to them is done to their jobs.</summary>
internal sealed class DeadLetterStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Jobs/DeadLetterStore", database.Engine);

    /// <param name="before">Only jobs before this one: where the last page ended.</param>
    public Task<List<DeadLetter>> ListAsync(Session session, DeadLetterFilter filter, long? before, int limit) =>
        session.QueryAsync(
            _sql[filter.Fingerprint is null ? "List" : "ListByFingerprint"],
            Read,
            ("kind", filter.Kind),
            ("fingerprint", filter.Fingerprint),
            ("before", before ?? long.MaxValue),
            ("limit", limit));

    /// <returns>The dead or dismissed letter of this id, or null.</returns>
    public Task<DeadLetter?> FindAsync(Session session, JobId id) =>
        session.FirstAsync(_sql["Find"], Read, [("id", id.Value)]);

    public Task<long> CountAsync(Session session, DeadLetterFilter filter) =>
        session.NumberAsync(
            _sql[filter.Fingerprint is null ? "Count" : "CountByFingerprint"],
            ("kind", filter.Kind), ("fingerprint", filter.Fingerprint));

    /// <summary>The causes, those with the most letters first.</summary>
    public Task<List<DeadLetterGroup>> GroupsAsync(Session session, int limit) =>
        session.QueryAsync(
            _sql["Groups"],
            row => new DeadLetterGroup(
                row.TextOrNull(0),
                row.Text(1),
                row.Number(2),
                row.TextOrNull(3),
                row.MomentOrNull(4),
                row.MomentOrNull(5)),
            ("limit", limit));

    private static DeadLetter Read(Row row) => new()
    {
        Id = new(row.Number(0)),
        Kind = row.Text(1),
        Subject = row.Number(2),
        State = row.Text(3),
        Attempts = (int)row.Number(4),
        FirstAt = row.MomentOrNull(5),
        LastAt = row.MomentOrNull(6),
        Error = row.TextOrNull(7),
        Fingerprint = row.TextOrNull(8),
    };
}
