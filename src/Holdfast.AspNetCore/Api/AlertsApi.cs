using Holdfast.Alerts;
using Holdfast.Audit;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class AlertsApi
{
    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).WithSummary("Lists open alerts, newest first.");
        api.MapPost("/alerts/{id:long}/ack", AcknowledgeAsync).RequireAuthorization(Policies.Support)
            .WithSummary("Notes that somebody has seen an alert.");
    }

    private static async Task<Results<Ok<Page<AlertItem>>, ProblemHttpResult>> ListAsync(
        Database database, AlertStore alerts, int? limit, string? cursor, CancellationToken ct)
    {
        if (!PageRequest.TryRead(limit, cursor, out var page))
        {
            return Problems.BadPage();
        }

        var rows = await database.ReadAsync(session => alerts.ListOpenAsync(session, page.Before, page.Limit + 1), ct);
        return TypedResults.Ok(page.Of(rows, AlertItem.Of, row => row.Id));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AcknowledgeAsync(
        long id,
        Database database,
        AlertStore alerts,
        AuditStore audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct)
    {
        var actor = http.User.Identity!.Name!;
        var commit = await database.WriteAsync(
            Turn.Work,
            async session =>
            {
                var found = await alerts.AcknowledgeAsync(session, id, actor, clock.GetUtcNow());
                if (found)
                {
                    await audit.AddAsync(session, actor, "acknowledge", $"alert_{id}", why: null);
                }

                return found;
            },
            ct);
        return commit.OrThrow() ? TypedResults.NoContent() : Problems.NotFound($"There is no open alert {id}.");
    }
}

internal sealed record AlertItem(
    long Id,
    string Kind,
    string Subject,
    string Message,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long Times,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt)
{
    public static AlertItem Of(Alert row) => new(
        row.Id,
        row.Kind,
        row.Subject,
        row.Message,
        row.FirstAt,
        row.LastAt,
        row.Times,
        row.AcknowledgedBy,
        row.AcknowledgedAt);
}
