using System.Globalization;
using System.Text.Json;
using Holdfast.Apply;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class DeadLettersApi
{
    public static void MapDeadLetters(this IEndpointRouteBuilder api)
    {
        api.MapGet("/dead-letters", ListAsync).WithSummary("Lists dead letters, newest first.");
        api.MapGet("/dead-letters/groups", GroupsAsync).WithSummary("Counts dead letters by the cause they share.");
        api.MapGet("/dead-letters/{id}", ShowAsync).WithSummary("Shows a dead letter with every attempt and its payload.");
        api.MapPost("/dead-letters/{id}/replay", ReplayAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Puts one dead letter back to work.");
        api.MapPost("/dead-letters/{id}/dismiss", DismissAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Closes a dead letter for good, with a reason.");
        api.MapPost("/dead-letters/replay", ReplayManyAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Puts back some of the dead letters that match; repeat while any remain.");
    }

    private static async Task<Results<Ok<Page<DeadLetterItem>>, ProblemHttpResult>> ListAsync(
        Database database,
        DeadLetterStore letters,
        EventStore events,
        string? kind,
        string? fingerprint,
        int? limit,
        string? cursor,
        CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        var filter = new DeadLetterFilter { Kind = kind, Fingerprint = fingerprint };
        var (rows, stored) = await database.ReadAsync(
            async session =>
            {
                var found = await letters.ListAsync(session, filter, page.Before, page.Limit + 1);
                return (found, await events.LoadAsync(session, [.. found.Select(letter => letter.Subject)]));
            },
            ct);
        return TypedResults.Ok(page.Of(
            rows, row => DeadLetterItem.Of(row, stored.GetValueOrDefault(row.Subject)), row => row.Id.Value));
    }

    private static async Task<Ok<Page<DeadLetterGroupItem>>> GroupsAsync(
        Database database, DeadLetterStore letters, CancellationToken ct)
    {
        var groups = await database.ReadAsync(session => letters.GroupsAsync(session, PageRequest.MaxLimit), ct);
        return TypedResults.Ok(new Page<DeadLetterGroupItem>([.. groups.Select(DeadLetterGroupItem.Of)], NextCursor: null));
    }

    private static async Task<Results<Ok<DeadLetterDetail>, ProblemHttpResult>> ShowAsync(
        string id, Database database, DeadLetterStore letters, JobStore jobs, EventStore events, CancellationToken ct)
    {
        if (Parse(id) is not { } job)
        {
            return NotFound(id);
        }

        var detail = await database.ReadAsync(
            async session => await letters.FindAsync(session, job) is { } letter
                ? DeadLetterDetail.Of(
                    letter,
                    await events.FindAsync(session, letter.Subject),
                    await jobs.AttemptsAsync(session, job))
                : null,
            ct);
        return detail is null ? NotFound(id) : TypedResults.Ok(detail);
    }

    private static async Task<Results<Accepted<ReplayAnswer>, ProblemHttpResult>> ReplayAsync(
        string id, DeadLetters letters, HttpContext http, CancellationToken ct) =>
        Parse(id) is { } job && await letters.ReplayAsync(job, http.User.Identity!.Name!, ct)
            ? TypedResults.Accepted((string?)null, new ReplayAnswer(id, JobState.Waiting.Name))
            : NotFound(id);

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> DismissAsync(
        string id, DismissRequest request, DeadLetters letters, HttpContext http, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Problems.BadRequest("\"reason\" is missing: say why this letter may be closed; it stays on record.");
        }

        return Parse(id) is { } job && await letters.DismissAsync(job, request.Reason, http.User.Identity!.Name!, ct)
            ? TypedResults.Ok(new ReplayAnswer(id, JobState.Dismissed.Name))
            : NotFound(id);
    }

    private static async Task<Results<Ok<ReplayManyAnswer>, ProblemHttpResult>> ReplayManyAsync(
        ReplayManyRequest request, DeadLetters letters, HttpContext http, CancellationToken ct)
    {
        if (request.Limit is < 1 or > DeadLetters.MaxReplayed)
        {
            return Problems.BadRequest(
                $"\"limit\" is 1 to {DeadLetters.MaxReplayed}; call again while \"remaining\" is above 0.");
        }

        var (replayed, remaining) = await letters.ReplayAsync(
            new() { Kind = request.Kind, Fingerprint = request.Fingerprint },
            request.Limit ?? DeadLetters.MaxReplayed,
            http.User.Identity!.Name!,
            ct);
        return TypedResults.Ok(new ReplayManyAnswer(replayed, remaining));
    }

    private static JobId? Parse(string id)
    {
        const string Prefix = "job_";
        var digits = id.StartsWith(Prefix, StringComparison.Ordinal) ? id.AsSpan(Prefix.Length) : id;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? new JobId(value) : null;
    }

    private static ProblemHttpResult NotFound(string id) =>
        Problems.NotFound($"There is no dead letter {id}. It may have been replayed or dismissed already.");
}

internal sealed record MoneyItem(long Amount, string Currency);

internal sealed record DeadLetterItem(
    string Id,
    string Kind,
    string? Event,
    string? EventType,
    string? Fingerprint,
    string? Error,
    int Attempts,
    DateTimeOffset? FirstAt,
    DateTimeOffset? LastAt,
    MoneyItem? Money,
    bool? Livemode)
{
    public static DeadLetterItem Of(DeadLetter letter, StoredEvent? stored) => new(
        letter.Id.ToString(),
        letter.Kind,
        stored?.EventId,
        stored?.Type,
        letter.Fingerprint,
        letter.Error,
        letter.Attempts,
        letter.FirstAt,
        letter.LastAt,
        stored is null ? null : MoneyOf(stored),
        stored?.Livemode);

    internal static MoneyItem? MoneyOf(StoredEvent stored) =>
        MoneyAtRisk.In(stored.Body) is var (amount, currency) ? new(amount, currency) : null;
}

internal sealed record DeadLetterDetail(
    string Id,
    string Kind,
    string State,
    string? Event,
    string? EventType,
    string? Fingerprint,
    string? Error,
    int Attempts,
    DateTimeOffset? FirstAt,
    DateTimeOffset? LastAt,
    MoneyItem? Money,
    bool? Livemode,
    IReadOnlyList<AttemptItem> History,
    string? Detail,
    JsonElement? Payload)
{
    public static DeadLetterDetail Of(DeadLetter letter, StoredEvent? stored, IReadOnlyList<Attempt> attempts) => new(
        letter.Id.ToString(),
        letter.Kind,
        letter.State,
        stored?.EventId,
        stored?.Type,
        letter.Fingerprint,
        letter.Error,
        letter.Attempts,
        letter.FirstAt,
        letter.LastAt,
        stored is null ? null : DeadLetterItem.MoneyOf(stored),
        stored?.Livemode,
        [.. attempts.Select(AttemptItem.Of)],
        attempts is [.., var last] ? last.Detail : null,
        stored is null ? null : Json.Of(stored.Body));
}

internal sealed record DeadLetterGroupItem(
    string? Fingerprint, string Kind, long Count, string? Error, DateTimeOffset? FirstAt, DateTimeOffset? LastAt)
{
    public static DeadLetterGroupItem Of(DeadLetterGroup group) =>
        new(group.Fingerprint, group.Kind, group.Count, group.Error, group.FirstAt, group.LastAt);
}

internal sealed record DismissRequest(string? Reason);

internal sealed record ReplayManyRequest(string? Kind, string? Fingerprint, int? Limit);

internal sealed record ReplayManyAnswer(int Replayed, long Remaining);
