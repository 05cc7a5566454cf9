using System.Text.Json;
using Holdfast.AspNetCore.Configuration;
using Holdfast.Mirror;
using Holdfast.Storage;
using Holdfast.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.AspNetCore.Api;

internal static class ObjectsApi
{
    public static void MapObjects(this IEndpointRouteBuilder api) => api.MapGet("/objects/{type}/{id}", ShowAsync)
        .WithSummary("Shows a Stripe object as it is held, and how sure that is.");

    private static async Task<Results<Ok<ObjectItem>, ProblemHttpResult>> ShowAsync(
        string type,
        string id,
        bool? livemode,
        string? stripe_account,
        Database database,
        ObjectStore objects,
        HoldfastSettings settings,
        CancellationToken ct)
    {
        var key = new ObjectKey(stripe_account ?? "", livemode ?? settings.Mode is StripeMode.Live, type, id);
        var held = await database.ReadAsync(session => objects.FindAsync(session, key), ct);
        return held is null
            ? Problems.NotFound($"No {type} {id} is held in {(key.Livemode ? "live" : "test")} mode. "
                + "The type is Stripe's own word, such as subscription, payment_intent or checkout.session.")
            : TypedResults.Ok(ObjectItem.Of(held));
    }
}

internal sealed record ObjectItem
{
    public required string Type { get; init; }

    public required string Id { get; init; }

    public required bool Livemode { get; init; }

    public required string? StripeAccount { get; init; }

    public required string? Customer { get; init; }

    public required string? Status { get; init; }

    public required string? ApiVersion { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How it was learned: <c>event</c>, or <c>fetch</c> where Stripe was asked.</summary>
    public required string Source { get; init; }

    /// <summary>The event it was learned from, or the <c>req_…</c> of the question to Stripe.</summary>
    public required string Cause { get; init; }

    public required bool Confirmed { get; init; }

    public required bool InDoubt { get; init; }

    public required bool Deleted { get; init; }

    public required JsonElement Body { get; init; }

    public static ObjectItem Of(MirroredObject held) => new()
    {
        Type = held.Key.Type,
        Id = held.Key.Id,
        Livemode = held.Key.Livemode,
        StripeAccount = held.Key.StripeAccount.Length > 0 ? held.Key.StripeAccount : null,
        Customer = held.Customer,
        Status = held.Status,
        ApiVersion = held.ApiVersion,
        AsOf = held.AsOf,
        Source = held.Source.Name,
        Cause = held.Cause,
        Confirmed = held.Confirmed,
        InDoubt = held.InDoubt,
        Deleted = held.Deleted,
        Body = Json.Of(held.Body),
    };
}
