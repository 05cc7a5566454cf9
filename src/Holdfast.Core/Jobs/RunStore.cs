using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>When this store's worker started and whether it ended in good order. A run without an end died.</summary>
internal sealed class RunStore(Database database)
{
    private readonly Statements _sql = Statements.Of("Jobs/RunStore", database.Engine);

    /// <returns>True when a former run never ended.</returns>
    public async Task<bool> HasUnendedAsync(Session session) => await session.NumberAsync(_sql["CountUnended"]) > 0;

    public Task<long> BeginAsync(Session session, DateTimeOffset now) =>
        session.NumberAsync(_sql["Begin"], ("started_at", now));

    /// <summary>Notes that this process is alive and its store takes writes.</summary>
    /// <returns>False when no run has begun yet.</returns>
    public async Task<bool> BeatAsync(Session session, DateTimeOffset now) =>
        await session.ExecuteAsync(_sql["Beat"], ("seen_at", now)) is 1;

    /// <summary>Ends the runs that died: their jobs have been dealt with.</summary>
    public Task EndOthersAsync(Session session, long run, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["EndOthers"], ("id", run), ("ended_at", now));

    public Task EndAsync(Session session, long run, DateTimeOffset now) =>
        session.ExecuteAsync(_sql["End"], ("id", run), ("ended_at", now));
}
