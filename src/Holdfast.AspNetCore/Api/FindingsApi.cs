using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Findings;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class FindingsApi
{
    private const string Open = "open";
    private const string Closed = "closed";

    public static void MapFindings(this IEndpointRouteBuilder api)
    {
        api.MapGet("/findings", ListAsync)
            .WithSummary("Lists what does not agree with Stripe, or cannot be told to, newest first.");
        api.MapGet("/findings/{id:long}", ShowAsync).WithSummary("Shows a finding.");
    }

    private static async Task<Results<Ok<Page<FindingItem>>, ProblemHttpResult>> ListAsync(
        Database database,
        FindingStore findings,
        HoldfastSettings settings,
        string? kind,
        string? state,
        bool? livemode,
        int? limit,
        string? cursor,
        CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        if (kind is not null && !FindingKinds.All.Contains(kind))
        {
            return Problems.BadRequest($"\"kind\" is one of {string.Join(", ", FindingKinds.All)}.");
        }

        if (state is not (null or Open or Closed))
        {
            return Problems.BadRequest($"\"state\" is {Open} or {Closed}.");
        }

        var filter = new FindingFilter
        {
            Before = page.Before,
            Kind = kind,
            IsOpen = state is null ? null : state is Open,
            Livemode = livemode ?? settings.Mode is StripeMode.Live,
            Limit = page.Limit + 1,
        };
        var rows = await database.ReadAsync(session => findings.ListAsync(session, filter), ct);
        return TypedResults.Ok(page.Of(rows, FindingItem.Of, row => row.Id));
    }

    private static async Task<Results<Ok<FindingItem>, ProblemHttpResult>> ShowAsync(
        long id, Database database, FindingStore findings, CancellationToken ct) =>
        await database.ReadAsync(session => findings.FindAsync(session, id), ct) is { } finding
            ? TypedResults.Ok(FindingItem.Of(finding))
            : Problems.NotFound($"There is no finding {id}.");
}

/// <param name="State"><c>open</c> or <c>closed</c>.</param>
/// <param name="Facts">What a program needs of it, by kind.</param>
internal sealed record FindingItem(
    long Id,
    string Kind,
    string State,
    string? StripeAccount,
    bool Livemode,
    string Subject,
    string Message,
    JsonElement Facts,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long Times,
    DateTimeOffset? DeadlineAt,
    DateTimeOffset? ClosedAt,
    string? ClosedFor)
{
    public static FindingItem Of(Finding row) => new(
        row.Id,
        row.Key.Kind,
        row.ClosedAt is null ? "open" : "closed",
        row.Key.StripeAccount is { Length: > 0 } account ? account : null,
        row.Key.Livemode,
        row.Key.Subject,
        row.Message,
        Json.Of(Encoding.UTF8.GetBytes(row.Facts)),
        row.FirstAt,
        row.LastAt,
        row.Times,
        row.DeadlineAt,
        row.ClosedAt,
        row.ClosedFor);
}
