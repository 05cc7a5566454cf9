using System.Text.Json;
using Holdfast.Apply;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class EventsApi
{
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events", ListAsync).WithSummary("Lists events, newest first.");
        api.MapGet("/events/{id}", ShowAsync).WithSummary("Shows one event with its attempts, what it changed, and its payload.");
        api.MapPost("/events/{id}/replay", ReplayAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Applies an event again; with dry_run=true only tells what that would change.");
    }

    private static async Task<Results<Ok<Page<EventItem>>, ProblemHttpResult>> ListAsync(
        Database database,
        EventStore events,
        string? type,
        string? @object,
        string? state,
        bool? livemode,
        int? limit,
        string? cursor,
        HoldfastSettings settings,
        CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        if (state is not null && JobState.TryParse(state) is null)
        {
            return Problems.BadRequest("\"state\" is waiting, running, completed, unknown, dead or dismissed.");
        }

        var filter = new EventFilter
        {
            Before = page.Before,
            Type = type,
            ObjectId = @object,
            State = JobState.TryParse(state),
            Livemode = livemode ?? settings.Mode is StripeMode.Live,
            Limit = page.Limit + 1,
        };
        var rows = await database.ReadAsync(session => events.ListAsync(session, filter), ct);
        return TypedResults.Ok(page.Of(rows, EventItem.Of, row => row.Row));
    }

    private static async Task<Results<Ok<EventDetail>, ProblemHttpResult>> ShowAsync(
        string id,
        bool? livemode,
        string? stripe_account,
        Database database,
        EventStore events,
        JobStore jobs,
        ObjectStore objects,
        HoldfastSettings settings,
        CancellationToken ct)
    {
        var detail = await database.ReadAsync(
            async session => await FindAsync(session, events, settings, new(id, livemode, stripe_account)) is { } found
                ? EventDetail.Of(
                    found,
                    (await events.FindAsync(session, found.Row))!.Body,
                    await jobs.AttemptsAsync(session, new(found.Job)),
                    await objects.ChangesByEventAsync(session, found.Row))
                : null,
            ct);
        return detail is null ? NotFound(id) : TypedResults.Ok(detail);
    }

    private static async Task<Results<Ok<RehearsalAnswer>, Accepted<ReplayAnswer>, ProblemHttpResult>> ReplayAsync(
        string id,
        bool? livemode,
        string? stripe_account,
        bool? dry_run,
        Database database,
        EventStore events,
        DeadLetters letters,
        Rehearsal rehearsal,
        HoldfastSettings settings,
        HttpContext http,
        CancellationToken ct)
    {
        var wanted = new WantedEvent(id, livemode, stripe_account);
        var found = await database.ReadAsync(session => FindAsync(session, events, settings, wanted), ct);
        if (found is null)
        {
            return NotFound(id);
        }

        if (dry_run is true)
        {
            return TypedResults.Ok(RehearsalAnswer.Of(id, await rehearsal.OfAsync(new(found.Job), ct)));
        }

        return await letters.ReplayEndedAsync(new(found.Job), http.User.Identity!.Name!, ct)
            ? TypedResults.Accepted($"/api/v1/events/{id}", new ReplayAnswer(id, JobState.Waiting.Name))
            : Problems.Conflict($"The job of {id} is {found.JobState}; only a completed or dead one can be replayed.");
    }

    /// <summary>An id can stand in both modes or several accounts: the installation's own mode goes first.</summary>
    private static async Task<EventSummary?> FindAsync(
        Session session, EventStore events, HoldfastSettings settings, WantedEvent wanted)
    {
        var found = await events.ByEventIdAsync(session, wanted.Id);
        return found.Where(one => wanted.Livemode is null || one.Livemode == wanted.Livemode)
            .Where(one => wanted.StripeAccount is null || one.StripeAccount == wanted.StripeAccount)
            .OrderByDescending(one => one.Livemode == (settings.Mode is StripeMode.Live))
            .FirstOrDefault();
    }

    private static ProblemHttpResult NotFound(string id) =>
        Problems.NotFound($"There is no event {id}. It may never have been delivered, or belong to the other mode.");
}

internal sealed record WantedEvent(string Id, bool? Livemode, string? StripeAccount);

internal sealed record ObjectName(string? Type, string? Id);

internal sealed record JobItem(string State, int Attempt, DateTimeOffset? RunAt);

internal sealed record EventItem
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string? ApiVersion { get; init; }

    public required bool Livemode { get; init; }

    public required string? StripeAccount { get; init; }

    public required ObjectName Object { get; init; }

    public required string Endpoint { get; init; }

    public required string CorrelationId { get; init; }

    public required long Deliveries { get; init; }

    public required JobItem Job { get; init; }

    public static EventItem Of(EventSummary row) => new()
    {
        Id = row.EventId,
        Type = row.Type,
        Created = row.Created,
        ReceivedAt = row.ReceivedAt,
        ApiVersion = row.ApiVersion,
        Livemode = row.Livemode,
        StripeAccount = row.StripeAccount.Length > 0 ? row.StripeAccount : null,
        Object = new(row.ObjectType, row.ObjectId),
        Endpoint = row.Endpoint,
        CorrelationId = row.Correlation,
        Deliveries = row.Deliveries,
        Job = new(row.JobState, row.JobAttempt, row.JobRunAt),
    };
}

internal sealed record AttemptItem(
    int Attempt, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string State, string? Error, string? Fingerprint)
{
    public static AttemptItem Of(Attempt row) =>
        new(row.Number, row.StartedAt, row.EndedAt, row.State.Name, row.Reason, row.Fingerprint);
}

internal sealed record ChangeItem(string Type, string Id, JsonElement Difference)
{
    public static ChangeItem Of(ObjectChange row) => new(row.Key.Type, row.Key.Id, Json.Of(row.Difference));
}

internal sealed record EventDetail
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string? ApiVersion { get; init; }

    public required bool Livemode { get; init; }

    public required string? StripeAccount { get; init; }

    public required ObjectName Object { get; init; }

    public required string Endpoint { get; init; }

    public required string CorrelationId { get; init; }

    public required long Deliveries { get; init; }

    public required JobItem Job { get; init; }

    public required IReadOnlyList<AttemptItem> Attempts { get; init; }

    public required IReadOnlyList<ChangeItem> Changes { get; init; }

    public required IReadOnlyList<string> Effects { get; init; }

    public required JsonElement Payload { get; init; }

    public static EventDetail Of(
        EventSummary row, byte[] body, IReadOnlyList<Attempt> attempts, IReadOnlyList<ObjectChange> changes)
    {
        var item = EventItem.Of(row);
        return new()
        {
            Id = item.Id,
            Type = item.Type,
            Created = item.Created,
            ReceivedAt = item.ReceivedAt,
            ApiVersion = item.ApiVersion,
            Livemode = item.Livemode,
            StripeAccount = item.StripeAccount,
            Object = item.Object,
            Endpoint = item.Endpoint,
            CorrelationId = item.CorrelationId,
            Deliveries = item.Deliveries,
            Job = item.Job,
            Attempts = [.. attempts.Select(AttemptItem.Of)],
            Changes = [.. changes.Select(ChangeItem.Of)],
            Effects = [],
            Payload = Json.Of(body),
        };
    }
}

internal sealed record ReplayAnswer(string Id, string State);

/// <param name="Outcome">What the attempt would end as: <c>done</c> or <c>give_up</c>.</param>
internal sealed record RehearsalAnswer(
    string Id, bool DryRun, string Outcome, string? Reason, IReadOnlyList<ChangeItem> Changes, IReadOnlyList<string> Effects)
{
    public static RehearsalAnswer Of(string id, Rehearsed rehearsed)
    {
        var (outcome, reason) = rehearsed.Outcome switch
        {
            Jobs.Outcome.Done => ("done", null),
            Jobs.Outcome.GiveUp(var why) => ("give_up", why),
            Jobs.Outcome.Retry(var why, _) => ("retry", why),
            Jobs.Outcome.Unknown(var why) => ("unknown", why),
            Jobs.Outcome.Snooze => ("snooze", (string?)null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new(id, DryRun: true, outcome, reason, [.. rehearsed.Changes.Select(ChangeItem.Of)], []);
    }
}
