using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
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
/// What events do, a batch at a time, in one transaction: each is read for what it says its object looked like, and that
/// is applied. One that only names its object has Stripe asked.
/// </summary>
internal sealed partial class EventJobHandler(
    EventStore events,
    ObservedObjects objects,
    Doubts doubts,
    CounterStore counters,
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
        var seen = new List<Seen>(jobs.Count);
        var thin = new List<Want>();
        for (var i = 0; i < jobs.Count; i++)
        {
            outcomes[i] = Observe(jobs[i], stored.GetValueOrDefault(jobs[i].Subject), seen, thin);
        }

        var before = await objects.LockAsync(
            session, seen.Select(one => one.Observation.Key).Concat(thin.Select(want => want.Key)));
        await objects.ApplyAsync(session, seen, before, thin);
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

    private Outcome Observe(Job job, StoredEvent? stored, List<Seen> seen, List<Want> thin)
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
            if (json.RootElement.At("data", "object") is { } body)
            {
                if (ObjectObservation.Of(stored, body) is { } observation)
                {
                    seen.Add(new(observation with { Previous = PreviousIn(stored, json.RootElement) }, stored.Row));
                }
            }
            else if (Named(stored, json.RootElement) is { } want)
            {
                // Also without a key: nothing else will say what the object looks like, so the fetch waits for one.
                if (!Doubts.HasPlace(want))
                {
                    LogNoPlace(stored.EventId, want.Key.Type, want.Key.Id);
                }
                else if (doubts.MayAsk(want.Key.Livemode))
                {
                    thin.Add(want);
                }
            }

            LogApplying(stored.EventId, stored.Type, stored.Correlation);
            return new Outcome.Done();
        }
        catch (UnreadableObjectException exception)
        {
            return new Outcome.GiveUp(exception.Message);
        }
    }

    /// <summary>It is of use only where Stripe can be asked, as it saves a question.</summary>
    private byte[]? PreviousIn(StoredEvent stored, JsonElement json) =>
        doubts.CanAsk(stored.Livemode) && json.At("data", "previous_attributes") is { ValueKind: JsonValueKind.Object } previous
            ? CompactJson.Of(JsonMarshal.GetRawUtf8Value(previous))
            : null;

    /// <summary>The object that a thin event is about.</summary>
    /// <remarks>https://docs.stripe.com/api/v2/core/events/object</remarks>
    private static Want? Named(StoredEvent stored, JsonElement json) => stored is { ObjectType: { } type, ObjectId: { } id }
        ? new(
            new(stored.StripeAccount, stored.Livemode, type, id),
            FetchReason.Thin,
            ObjectPaths.Checked(json.Text("related_object", "url")),
            stored.ApiVersion,
            stored.EventId,
            stored.Created)
        : null;

    [LoggerMessage(3001, LogLevel.Debug, "Applying {EventId} ({Type}), delivery {Correlation}.")]
    private partial void LogApplying(string eventId, string type, string correlation);

    [LoggerMessage(3002, LogLevel.Debug, "Applied and committed {Job} ({About}).")]
    private partial void LogApplied(JobId job, string about);

    [LoggerMessage(3003, LogLevel.Warning, "{EventId} names {ObjectType} {ObjectId} and does not show it, and nobody knows where "
        + "Stripe has it: nothing of it is held.")]
    private partial void LogNoPlace(string eventId, string objectType, string objectId);
}
