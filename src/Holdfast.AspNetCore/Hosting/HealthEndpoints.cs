using Holdfast.Stripe.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Hosting;

/// <summary>Open to everybody, and without detail: alive, able to store, and with keys that Stripe takes.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("alive\n")).ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).ExcludeFromDescription();
        routes.MapGet("/readyz/stripe", Ready).ExcludeFromDescription();
    }

    /// <summary>
    /// Apart from <c>/readyz</c>: who sends neither deliveries nor questions about access here while a key is revoked makes it
    /// worse (docs/decisions/0006).
    /// </summary>
    private static ContentHttpResult Ready(StripeCalls calls) => Answer(calls.Keys.NotWorking.Count is 0);

    private static async Task<ContentHttpResult> ReadyAsync(Readiness readiness, CancellationToken ct) =>
        Answer(await readiness.IsReadyAsync(ct));

    private static ContentHttpResult Answer(bool ready) => ready
        ? TypedResults.Text("ready\n", "text/plain", statusCode: StatusCodes.Status200OK)
        : TypedResults.Text("not ready\n", "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable);
}
