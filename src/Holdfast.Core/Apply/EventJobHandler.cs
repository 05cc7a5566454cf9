using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Access;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Apply;

/// <summary>
/// What events do, a batch at a time, in one transaction: read what each says its object looked like, lock the rows
/// of those objects in order, fold, write, keep what changed, and tie customers to accounts.
/// </summary>
internal sealed partial class EventJobHandler(
    EventStore events,
    ObjectStore objects,
    AccountBinder accounts,
    CounterStore counters,
    TimeProvider clock,
    ILogger<EventJobHandler> log) : BatchHandler
{
    /// <summary>The events of the batch in hand, or of the last one: for the log only.</summary>
    private Dictionary<long, StoredEvent> _inHand = [];

    public override string Kind => StoredEvent.JobKind;

    public override async Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
    {
        var stored = await events.LoadAsync(session, [.. jobs.Select(job => job.Subject)]);
        _inHand = stored;
        var outcomes = new Outcome[jobs.Count];
        var seen = new List<(StoredEvent Event, Observation Observation)>(jobs.Count);
        for (var i = 0; i < jobs.Count; i++)
        {
            outcomes[i] = Observe(jobs[i], stored.GetValueOrDefault(jobs[i].Subject), seen);
        }

        await ApplyAsync(session, seen);
        await counters.AddAsync(session, Counters.Applied, outcomes.Count(outcome => outcome is Outcome.Done));
        return outcomes;
    }

    public override string Describe(Job job) => _inHand.TryGetValue(job.Subject, out var stored)
        ? $"{stored.EventId}, {stored.Type}, delivery {stored.Correlation}"
        : base.Describe(job);

    public override void OnCommitted(IReadOnlyList<Job> jobs)
    {
        if (log.IsEnabled(LogLevel.Debug))
        {
            foreach (var job in jobs)
            {
                LogApplied(job.Id, Describe(job));
            }
        }
    }

    private Outcome Observe(Job job, StoredEvent? stored, List<(StoredEvent, Observation)> seen)
    {
        if (stored is null)
        {
            return new Outcome.GiveUp($"{job.Id} is about the event row {job.Subject}, which is not there.");
        }

        if (!SHA256.HashData(stored.Body).AsSpan().SequenceEqual(stored.Hash))
        {
            return new Outcome.GiveUp(
                $"The stored bytes of {stored.EventId} no longer match their hash: the disk or the file is damaged. "
                + "Check the database, restore it from a backup, and let Stripe resend the event.");
        }

        try
        {
            using var json = JsonDocument.Parse(stored.Body);
            if (json.RootElement.At("data", "object") is { } body && ObjectObservation.Of(stored, body) is { } observation)
            {
                seen.Add((stored, observation));
            }

            LogApplying(stored.EventId, stored.Type, stored.Correlation);
            return new Outcome.Done();
        }
        catch (UnreadableObjectException exception)
        {
            return new Outcome.GiveUp(exception.Message);
        }
    }

    private async Task ApplyAsync(Session session, List<(StoredEvent Event, Observation Observation)> seen)
    {
        ObjectKey[] keys = [.. seen.Select(one => one.Observation.Key).Distinct().Order()];
        await session.LockAsync(LockSpace.Objects, [.. keys.Select(key => key.Id).Distinct()]);
        var before = (await objects.LockAsync(session, keys)).ToDictionary(held => held.Key);
        var after = new SortedDictionary<ObjectKey, MirroredObject>();
        var changes = new List<ObjectChange>();
        var (stale, inDoubt) = (0, 0);
        foreach (var (cause, observation) in seen)
        {
            var held = after.GetValueOrDefault(observation.Key) ?? before.GetValueOrDefault(observation.Key);
            var folded = Fold.Of(held, observation);
            stale += folded.Freshness is Freshness.Stale ? 1 : 0;
            inDoubt += folded.InDoubt ? 1 : 0;
            if (!ReferenceEquals(folded.Next, held))
            {
                after[observation.Key] = folded.Next;
            }

            if (folded.Freshness is Freshness.Fresh && KnownObjects.Contains(observation.Key.Type))
            {
                changes.Add(new(observation.Key, cause.Row, Difference.Between(held?.Body, observation.Body), clock.GetUtcNow()));
            }
        }

        await objects.WriteAsync(session, after.Values);
        await objects.AddChangesAsync(session, changes);
        await accounts.BindAsync(session, [.. seen.Select(one => one.Observation)], before.Values);
        await counters.AddAsync(session, Counters.Stale, stale);
        await counters.AddAsync(session, Counters.InDoubt, inDoubt);
    }

    [LoggerMessage(3001, LogLevel.Debug, "Applying {EventId} ({Type}), delivery {Correlation}.")]
    private partial void LogApplying(string eventId, string type, string correlation);

    [LoggerMessage(3002, LogLevel.Debug, "Applied and committed {Job} ({About}).")]
    private partial void LogApplied(JobId job, string about);
}
