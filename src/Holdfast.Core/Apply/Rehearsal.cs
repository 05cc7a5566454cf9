using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Storage;

namespace Holdfast.Apply;

/// <summary>What a replay would do: it is done in a transaction that is always rolled back.</summary>
internal sealed class Rehearsal(
    Database database,
    JobStore jobs,
    EventStore events,
    ObjectStore objects,
    BatchHandler handler,
    AttemptWatch watch,
    WorkerOptions options)
{
    public Task<Rehearsed> OfAsync(JobId id, CancellationToken ct) => database.RehearseAsync(
        async session =>
        {
            var job = await jobs.FindAsync(session, id)
                ?? throw new InvalidOperationException($"There is no {id}.");
            var known = await ChangesAsync(session, job);
            var outcome = await OutcomeAsync(session, job);
            var changes = outcome is Outcome.Done ? await ChangesAsync(session, job) : known;
            return new Rehearsed(outcome, [.. changes.Skip(known.Count)]);
        },
        ct);

    /// <summary>How the attempt would end. An event that throws or hangs does so here too, and that is the answer.</summary>
    private async Task<Outcome> OutcomeAsync(Session session, Job job)
    {
        try
        {
            return (await watch.RunAsync(() => handler.ApplyAsync(session, [job]), options.AttemptTimeout))[0];
        }
        catch (Exception exception) when (!database.IsUnavailable(exception))
        {
            return new Outcome.Retry($"{exception.GetType().Name}: {exception.Message}", FailureClass.Unexpected);
        }
    }

    private async Task<List<ObjectChange>> ChangesAsync(Session session, Job job) =>
        await events.FindAsync(session, job.Subject) is { } stored
            ? await objects.ChangesByEventAsync(session, stored.Row)
            : [];
}

/// <param name="Changes">What would change, beside what the event has changed before.</param>
internal sealed record Rehearsed(Outcome Outcome, IReadOnlyList<ObjectChange> Changes);
