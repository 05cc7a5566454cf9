using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Events;

/// <summary>Events, as the account's version shows them. https://docs.stripe.com/api/events</summary>
internal static class EventsApi
{
    /// <summary>https://docs.stripe.com/api/events/list</summary>
    private const int MaxTypes = 20;

    public static void Map(Catalog catalog)
    {
        catalog.Get("/v1/events", List);
        catalog.Get("/v1/events/{event}", call => Show(call, Named(call)));
        catalog.Post("/v1/events/{event}/retry", Resend);
    }

    private static StripeEvent Named(Call call) =>
        call.World.Events.Find(call.Route("event")) is { IsOnlyThin: false } told
        && EventLog.IsShown(call.World, told) ? told
        : throw ApiError.NotFound("event", call.Route("event"), "id");

    private static Answer.Plain Show(Call call, StripeEvent told) => new(told.Show(call.World, call.World.DefaultVersion));

    private static Answer List(Call call)
    {
        var fits = Filter(call);
        var (limit, after, before) = Page.Bounds(call.Params);
        var all = call.World.Events.All;
        List<StripeEvent> found = [];
        if (before is not null)
        {
            // The nearest newer ones: walk towards the newest, show newest first.
            Collect(found, limit, all.Skip(Place(call, before, "ending_before") + 1).Where(fits));
            var more = found.Count > limit;
            return Shown(call, found.Take(limit).Reverse(), more);
        }

        var from = after is null ? all.Count : Place(call, after, "starting_after");
        Collect(found, limit, Backwards(all, from).Where(fits));
        return Shown(call, found.Take(limit), found.Count > limit);
    }

    private static void Collect(List<StripeEvent> found, int limit, IEnumerable<StripeEvent> events) =>
        found.AddRange(events.Take(limit + 1));

    private static IEnumerable<StripeEvent> Backwards(IReadOnlyList<StripeEvent> all, int from)
    {
        for (var i = from - 1; i >= 0; i--)
        {
            yield return all[i];
        }
    }

    private static int Place(Call call, string id, string param) => call.World.Events.Find(id) is { } told
        ? call.World.Events.IndexOf(told)
        : throw new ApiError(400, ApiError.InvalidRequest, $"No such event: '{id}'", "resource_missing", param);

    private static Func<StripeEvent, bool> Filter(Call call)
    {
        List<string> types = [.. call.Params.Texts("types")];
        if (types.Count > MaxTypes)
        {
            throw ApiError.Invalid("types", $"At most {MaxTypes} types can be asked for at once.");
        }

        if (call.Params.Text("type") is { Length: > 0 } type)
        {
            if (types.Count > 0)
            {
                throw ApiError.Exclusive("type", "types");
            }

            types.Add(type);
        }

        var success = call.Params.Flag("delivery_success");
        var between = call.CreatedBetween();
        return told => !told.IsOnlyThin && EventLog.IsShown(call.World, told)
            && (types.Count == 0 || types.Exists(pattern => EventNames.Fits(told.Type, pattern)))
            && (success is null || success == (told.Pending.Count == 0))
            && (between is null || between(told.Created));
    }

    private static Answer.Plain Shown(Call call, IEnumerable<StripeEvent> events, bool hasMore) => new(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. events.Select(told => told.Show(call.World, call.World.DefaultVersion))]),
        ["has_more"] = hasMore,
        ["url"] = call.Url,
    });

    /// <summary>By hand, as Stripe's command line does it. It cancels no retry that is due anyway.</summary>
    private static Answer.Plain Resend(Call call)
    {
        var told = Named(call);
        call.Params.Flag("for_stripecli");
        call.Params.Text("account");
        var id = call.Params.Text("webhook_endpoint");
        var endpoints = Endpoint.All(call.World)
            .Where(endpoint => !endpoint.IsThin && (id is null || endpoint.Id == id)).ToArray();
        if (id is not null && endpoints.Length == 0)
        {
            throw ApiError.NotFound("webhook endpoint", id, "webhook_endpoint");
        }

        call.Params.RefuseUnread();
        foreach (var endpoint in endpoints)
        {
            Dispatch.Resend(call.World, told, endpoint);
        }

        return Show(call, told);
    }
}
