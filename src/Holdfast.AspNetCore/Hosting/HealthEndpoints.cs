using Holdfast.Jobs;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>Open to everybody, and without detail: alive, and able to store.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("alive\n")).ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).ExcludeFromDescription();
    }

    /// <summary>Ready means that a write has just become durable: nothing less lets a delivery be acknowledged.</summary>
    private static async Task<ContentHttpResult> ReadyAsync(
        Database database, RunStore runs, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            var commit = await database.WriteAsync(
                Turn.Ingest,
                async session =>
                {
                    await runs.BeatAsync(session, clock.GetUtcNow());
                    return true;
                },
                ct).WaitAsync(Patience, clock, ct);
            return commit is Commit<bool>.Committed ? Answer("ready\n", StatusCodes.Status200OK) : NotReady();
        }
        catch (TimeoutException)
        {
            return NotReady();
        }
    }

    private static ContentHttpResult NotReady() => Answer("not ready\n", StatusCodes.Status503ServiceUnavailable);

    private static ContentHttpResult Answer(string text, int status) =>
        TypedResults.Text(text, "text/plain", statusCode: status);
}
