using Holdfast.AspNetCore.Api;
using Holdfast.AspNetCore.Hosting;
using Holdfast.AspNetCore.Webhooks;
using Holdfast.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore;

/// <summary>The routes of Holdfast.</summary>
public static class HoldfastRoutes
{
    /// <summary>
    /// Maps the webhook, the health checks, the API under <c>/api/v1</c> and its description. All but the webhook and
    /// the health checks need a token.
    /// </summary>
    public static IEndpointRouteBuilder MapHoldfast(this IEndpointRouteBuilder routes)
    {
        routes.MapWebhooks();
        routes.MapHealth();
        routes.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(Policies.Viewer);
        var api = routes.MapGroup("/api/v1").RequireAuthorization(Policies.Viewer).AddEndpointFilter(StoreTroubleAsync);
        api.MapEvents();
        api.MapDeadLetters();
        api.MapObjects();
        api.MapAccounts();
        api.MapRefusals();
        api.MapCalls();
        api.MapStats();
        api.MapAlerts();
        api.MapFindings();
        api.MapNodes();
        api.MapTokens();
        return routes;
    }

    private static async ValueTask<object?> StoreTroubleAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (StoreException)
        {
            return Problems.StoreTrouble();
        }
    }
}
