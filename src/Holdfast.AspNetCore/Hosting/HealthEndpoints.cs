using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>Open to everybody, and without detail: alive, and able to store.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("alive\n")).ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).ExcludeFromDescription();
    }

    private static async Task<ContentHttpResult> ReadyAsync(Readiness readiness, CancellationToken ct) =>
        await readiness.IsReadyAsync(ct)
            ? TypedResults.Text("ready\n", "text/plain", statusCode: StatusCodes.Status200OK)
            : TypedResults.Text("not ready\n", "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
}
