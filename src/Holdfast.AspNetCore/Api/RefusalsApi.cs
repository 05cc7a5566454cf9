using System.Text.Json;
using Holdfast.Ingest;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class RefusalsApi
{
    public static void MapRefusals(this IEndpointRouteBuilder api) => api.MapGet("/refusals", ListAsync)
        .WithSummary("Lists deliveries that were turned away, newest first, with a hint when most share a cause.");

    private static async Task<Results<Ok<RefusalPage>, ProblemHttpResult>> ListAsync(
        Database database,
        RefusalStore refusals,
        RefusalLog log,
        string? cause,
        string? endpoint,
        int? limit,
        string? cursor,
        CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        if (cause is not null && RefusalCause.TryParse(cause) is null)
        {
            return Problems.BadRequest(
                $"\"cause\" is one of {string.Join(", ", Enum.GetValues<RefusalCause>().Select(one => one.Name))}.");
        }

        // Those of the last moment are still in memory; whoever looks wants to see them.
        await log.FlushAsync();
        var (rows, newest) = await database.ReadAsync(
            async session => (
                await refusals.ListAsync(session, page.Before, cause, endpoint, page.Limit + 1),
                await refusals.ListAsync(session, before: null, cause: null, endpoint: null, RefusalHint.Window)),
            ct);
        var (data, next) = page.Of(rows, RefusalItem.Of, row => row.Id);
        return TypedResults.Ok(new RefusalPage(data, next, RefusalHint.Of(newest)));
    }
}

/// <param name="Hint">What is probably wrong, when most of the newest refusals share a cause.</param>
internal sealed record RefusalPage(IReadOnlyList<RefusalItem> Data, string? NextCursor, string? Hint);

internal sealed record RefusalItem(
    long Id, DateTimeOffset At, string Endpoint, string Cause, string CorrelationId, string? RemoteAddress, JsonElement Facts)
{
    public static RefusalItem Of(Refusal refusal) => new(
        refusal.Id,
        refusal.At,
        refusal.Endpoint,
        refusal.Cause.Name,
        refusal.Correlation,
        refusal.RemoteAddress,
        Json.Of(System.Text.Encoding.UTF8.GetBytes(refusal.Facts)));
}
