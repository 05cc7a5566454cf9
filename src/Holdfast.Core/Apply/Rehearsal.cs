using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Storage;

namespace Holdfast.Apply;

/// <summary>What a replay would do: it is done in a transaction that is always rolled back.</summary>
internal sealed class Rehearsal(Database database, JobStore jobs, EventStore events, ObjectStore objects, EventHandler handler)
{
    public Task<Rehearsed> OfAsync(JobId id, CancellationToken ct) => database.RehearseAsync(
        async session =>
        {
            var job = await jobs.FindAsync(session, id)
                ?? throw new InvalidOperationException($"There is no {id}.");
            var known = await ChangesAsync(session, job);
            var outcome = await handler.ApplyAsync(session, [job]);
            var changes = await ChangesAsync(session, job);
            return new Rehearsed(outcome[0], [.. changes.Skip(known.Count)]);
        },
        ct);

    private async Task<List<ObjectChange>> ChangesAsync(Session session, Job job) =>
        await events.FindAsync(session, job.Subject) is { } stored
            ? await objects.ChangesByEventAsync(session, stored.Row)
            : [];
}

/// <param name="Changes">What would change, beside what the event has changed before.</param>
internal sealed record Rehearsed(Outcome Outcome, IReadOnlyList<ObjectChange> Changes);
