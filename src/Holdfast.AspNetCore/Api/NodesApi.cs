using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class NodesApi
{
    public static void MapNodes(this IEndpointRouteBuilder api) => api.MapGet("/nodes", ListAsync)
        .WithSummary("Lists the nodes on this store, newest first: each start of each is one, those that ended too.");

    private static async Task<Results<Ok<Page<NodeItem>>, ProblemHttpResult>> ListAsync(
        Database database, NodeStore nodes, TimeProvider clock, int? limit, string? cursor, CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        var rows = await database.ReadAsync(session => nodes.ListAsync(session, page.Before, page.Limit + 1), ct);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(page.Of(rows, row => NodeItem.Of(row, now), row => row.Id));
    }
}

/// <param name="State"><c>alive</c>, <c>late</c>, <c>lost</c> or <c>ended</c>.</param>
internal sealed record NodeItem(
    long Id,
    string Name,
    string Version,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset? EndedAt,
    string State)
{
    public static NodeItem Of(Node row, DateTimeOffset now) =>
        new(row.Id, row.Name, row.Version, row.StartedAt, row.SeenAt, row.EndedAt, row.StateAt(now));
}
