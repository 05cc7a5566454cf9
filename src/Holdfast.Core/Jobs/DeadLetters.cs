using Holdfast.Audit;
using Holdfast.Storage;

namespace Holdfast.Jobs;

/// <summary>What a person does with work that has ended. Each deed stands in the audit trail, in its own transaction.</summary>
internal sealed class DeadLetters(
    Database database, JobStore jobs, DeadLetterStore letters, AuditStore audit, Doorbell doorbell, TimeProvider clock)
{
    /// <summary>How many are put back in one transaction at most; who wants more comes again, at the pace they choose.</summary>
    public const int MaxReplayed = 500;

    /// <summary>Puts one dead letter back.</summary>
    /// <returns>False when it is none.</returns>
    public Task<bool> ReplayAsync(JobId id, string actor, CancellationToken ct) => ReplayAsync(
        async session => await jobs.ReplayDeadAsync(session, [id], clock.GetUtcNow()) is 1, id, actor, ct);

    /// <summary>Puts one job back that is dead, or that is completed and is to be done again.</summary>
    /// <returns>False when it is neither.</returns>
    public Task<bool> ReplayEndedAsync(JobId id, string actor, CancellationToken ct) => ReplayAsync(
        session => jobs.ReplayAsync(session, id, clock.GetUtcNow()), id, actor, ct);

    /// <summary>Puts back the newest dead letters that match.</summary>
    /// <returns>How many were put back, and how many still match.</returns>
    public async Task<(int Replayed, long Remaining)> ReplayAsync(
        DeadLetterFilter filter, int limit, string actor, CancellationToken ct)
    {
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var found = await letters.ListAsync(session, filter, before: null, Math.Min(limit, MaxReplayed));
                var replayed = await jobs.ReplayDeadAsync(
                    session, [.. found.Select(letter => letter.Id)], clock.GetUtcNow());
                foreach (var letter in found)
                {
                    await audit.AddAsync(session, actor, "replay", letter.Id.ToString(), why: null);
                }

                return replayed;
            },
            ct);
        doorbell.Ring();
        return (commit.OrThrow(), await database.ReadAsync(session => letters.CountAsync(session, filter), ct));
    }

    /// <summary>Closes a dead letter for good.</summary>
    /// <returns>False when it is not a dead letter.</returns>
    public async Task<bool> DismissAsync(JobId id, string reason, string actor, CancellationToken ct)
    {
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var dismissed = await jobs.DismissAsync(session, id, reason, clock.GetUtcNow());
                if (dismissed)
                {
                    await audit.AddAsync(session, actor, "dismiss", id.ToString(), reason);
                }

                return dismissed;
            },
            ct);
        return commit.OrThrow();
    }

    private async Task<bool> ReplayAsync(
        Func<Session, Task<bool>> replay, JobId id, string actor, CancellationToken ct)
    {
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var replayed = await replay(session);
                if (replayed)
                {
                    await audit.AddAsync(session, actor, "replay", id.ToString(), why: null);
                }

                return replayed;
            },
            ct);
        doorbell.Ring();
        return commit.OrThrow();
    }
}
