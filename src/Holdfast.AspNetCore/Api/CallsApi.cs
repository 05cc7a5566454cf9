using Holdfast.Storage;
using Holdfast.Stripe.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class CallsApi
{
    private static readonly string[] Classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    public static void MapCalls(this IEndpointRouteBuilder api) => api.MapGet("/calls", ListAsync)
        .WithSummary("Lists the calls of Stripe's API, newest first: each attempt of each is one.");

    private static async Task<Results<Ok<Page<CallItem>>, ProblemHttpResult>> ListAsync(
        Database database,
        CallStore calls,
        StripeWatch watch,
        string? request_id,
        string? cause,
        string? status,
        int? limit,
        string? cursor,
        CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        if (status is not null && !Classes.Contains(status))
        {
            return Problems.BadRequest("\"status\" is 2xx, 3xx, 4xx, 5xx, or none where there was no answer.");
        }

        // Those of the last moment are still in memory; whoever looks wants to see them.
        await watch.FlushAsync();
        long? statusClass = status is null ? null : Array.IndexOf(Classes, status);
        var filter = new CallFilter(request_id, cause, statusClass, page.Before, page.Limit + 1);
        var rows = await database.ReadAsync(session => calls.ListAsync(session, filter), ct);
        return TypedResults.Ok(page.Of(rows, CallItem.Of, row => row.Id));
    }
}

/// <param name="CorrelationId">Ours: all attempts of one call share it.</param>
/// <param name="RequestId">Stripe's.</param>
/// <param name="Failure">The class in docs/stripe-errors.md; null when it succeeded.</param>
internal sealed record CallItem(
    long Id,
    DateTimeOffset At,
    string CorrelationId,
    string? RequestId,
    string Method,
    string Path,
    long? Status,
    string? Failure,
    long DurationMs,
    long Attempt,
    string Lane,
    string Cause,
    string? StripeAccount,
    string Node)
{
    public static CallItem Of(CallRecord row) => new(
        row.Id,
        row.At,
        row.Correlation,
        row.RequestId,
        row.Method,
        row.Path,
        row.Status,
        row.Failure,
        (long)row.Duration.TotalMilliseconds,
        row.Attempt,
        row.Lane.Name,
        row.Cause,
        row.StripeAccount.Length > 0 ? row.StripeAccount : null,
        row.Node);
}
