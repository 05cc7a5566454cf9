using System.Text.Json.Nodes;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Delivery;

/// <summary>
/// Endpoints by the newer API, the only ones that can be told of thin events.
/// https://docs.stripe.com/api/v2/core/event_destinations
/// </summary>
internal static class EventDestinations
{
    private const string SecretField = "webhook_endpoint.signing_secret";
    private const string UrlField = "webhook_endpoint.url";
    private const string Path = "/v2/core/event_destinations";

    public static readonly ObjectType Type = new("v2.core.event_destination", "ed_test", """
        {
          "id": "", "object": "v2.core.event_destination", "created": "", "description": "", "enabled_events": [],
          "event_payload": "thin", "events_from": ["@self"], "livemode": false, "metadata": {}, "name": "",
          "status": "enabled", "type": "webhook_endpoint", "updated": ""
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post(Path, Create);
        catalog.Get(Path, List);
        catalog.Get(Path + "/{destination}", call => Show(call, Named(call)));
        catalog.Post(Path + "/{destination}", Update);
        catalog.Delete(Path + "/{destination}", Delete);
        catalog.Post(Path + "/{destination}/enable", call => Switch(call, isOn: true));
        catalog.Post(Path + "/{destination}/disable", call => Switch(call, isOn: false));
        catalog.Post(Path + "/{destination}/ping", Ping);
    }

    private static StripeObject Named(Call call) => call.Named(Type, "destination");

    private static Answer Create(Call call)
    {
        if (call.Params.Required("type") is not "webhook_endpoint" and var type)
        {
            throw ApiError.Unsupported($"destinations of type {type}", "type");
        }

        if (Endpoint.All(call.World).Count() >= Endpoint.Most)
        {
            throw ApiError.State($"You have reached the maximum of {Endpoint.Most} endpoints.");
        }

        var endpoint = call.Params.Child("webhook_endpoint") ?? throw ApiError.Missing("webhook_endpoint");
        var now = Now(call);
        call.Params.Required("event_payload");
        var destination = call.Operation.Create(Type, new JsonObject
        {
            ["created"] = now,
            ["updated"] = now,
            ["name"] = call.Params.Required("name"),
            ["event_payload"] = call.Params.OneOf("event_payload", "snapshot", "thin"),
        });
        call.Operation.Update(destination, body => Write(call, body));
        call.Operation.UpdateHidden(destination, hidden =>
        {
            hidden["url"] = WebhookEndpoints.UrlOf(endpoint);
            hidden["secrets"] = new JsonArray(Endpoint.Secret(call.World.Ids.Next("whsec")));
        });
        if (call.Params.TextsOrOne("events_from").Any(from => from is not "@self"))
        {
            throw ApiError.Unsupported("events from other accounts", "events_from");
        }

        WriteVersion(call, destination);
        return Show(call, destination, mayShowSecret: true);
    }

    private static Answer Update(Call call)
    {
        var destination = Named(call);
        call.Operation.Update(destination, body =>
        {
            Write(call, body);
            call.Params.Set(body, "name");
            body["updated"] = Now(call);
        });
        if (call.Params.Child("webhook_endpoint") is { } endpoint)
        {
            call.Operation.UpdateHidden(destination, hidden => hidden["url"] = WebhookEndpoints.UrlOf(endpoint));
        }

        return Show(call, destination);
    }

    /// <summary>A page's token is the id it begins with.</summary>
    private static Answer.Plain List(Call call)
    {
        var limit = ThinEventsApi.LimitOf(call);
        StripeObject[] all = [.. call.World.All(Type).Reverse()];
        var start = call.Params.Text("page") is { } page ? Array.FindIndex(all, item => item.Id == page) : 0;
        if (start < 0)
        {
            throw ApiError.Invalid("page", "This page token is not one that was given out, or its page is gone.");
        }

        var include = Included(call);
        return new Answer.Plain(new JsonObject
        {
            ["data"] = new JsonArray([.. all.Skip(start).Take(limit).Select(item => Shown(item, include))]),
            ["next_page_url"] = start + limit < all.Length ? ThinEventsApi.PageUrl(call, all[start + limit].Id) : null,
            ["previous_page_url"] = start > 0 ? ThinEventsApi.PageUrl(call, all[Math.Max(0, start - limit)].Id) : null,
        });
    }

    private static Answer.Plain Delete(Call call)
    {
        var destination = Named(call);
        call.Operation.Remove(destination);
        return new Answer.Plain(new JsonObject { ["id"] = destination.Id, ["object"] = Type.Name });
    }

    private static Answer.Plain Switch(Call call, bool isOn)
    {
        var destination = Named(call);
        call.Operation.Update(destination, body =>
        {
            body["status"] = isOn ? "enabled" : "disabled";
            body["updated"] = Now(call);
            body.Remove("status_details");
            if (!isOn)
            {
                body["status_details"] = new JsonObject { ["disabled"] = new JsonObject { ["reason"] = "user" } };
            }
        });
        call.Operation.UpdateHidden(destination, hidden => hidden.Remove("failing_since"));
        return Show(call, destination);
    }

    /// <summary>An event for this destination alone, to see whether it gets there.</summary>
    private static Answer.Plain Ping(Call call)
    {
        var destination = Named(call);
        call.Params.RefuseUnread();
        var told = call.World.Events.Add(call.World, new Happening(
            StripeEvent.Ping, destination, destination.Body.Copy(), null, call.World.Now(null)), call.Operation.Cause);
        Dispatch.Tell(call.World, told);
        call.World.Stirred?.Invoke();
        return new Answer.Plain(new ThinEvent(told, 0).Show());
    }

    private static void Write(Call call, JsonObject body)
    {
        if (call.Params.Text("description") is { } description)
        {
            body["description"] = description;
        }

        call.Params.SetMetadata(body);
        if (body.Items("enabled_events").Count == 0 || call.Params.Has("enabled_events"))
        {
            body["enabled_events"] = EventsOf(call.Params, isThin: body.Text("event_payload") is "thin");
        }
    }

    private static JsonArray EventsOf(Params asked, bool isThin)
    {
        var names = asked.Texts("enabled_events");
        if (names.Count == 0)
        {
            throw ApiError.Missing("enabled_events");
        }

        foreach (var name in names)
        {
            // Thin names bear a version: v1.customer.created. Snapshots are listened to by their own.
            var known = name is "*" || (!isThin && EventNames.IsKnown(name))
                || (isThin && (name.StartsWith("v2.core.", StringComparison.Ordinal)
                    || (name.StartsWith("v1.", StringComparison.Ordinal) && EventNames.IsKnown(name[3..]))));
            if (!known)
            {
                throw ApiError.Invalid("enabled_events", $"There is no event named '{name}' for this payload.");
            }
        }

        return [.. names.Select(name => JsonValue.Create(name))];
    }

    private static void WriteVersion(Call call, StripeObject destination)
    {
        var text = call.Params.Text("snapshot_api_version");
        if (destination.Text("event_payload") is "snapshot")
        {
            var version = text is null ? call.World.DefaultVersion
                : ApiVersion.TryParse(text, out var given) ? given
                : throw ApiError.Invalid("snapshot_api_version", $"Invalid API version: {text}");
            call.Operation.Update(destination, body => body["snapshot_api_version"] = version.Name);
        }
        else if (text is not null)
        {
            throw ApiError.Invalid("snapshot_api_version", "Thin events have no version.");
        }
    }

    private static Answer.Plain Show(Call call, StripeObject destination, bool mayShowSecret = false)
    {
        var include = Included(call);
        return new Answer.Plain(Shown(
            destination, mayShowSecret ? include : [.. include.Where(name => name is not SecretField)]));
    }

    private static JsonObject Shown(StripeObject destination, IReadOnlyList<string> include)
    {
        var shown = destination.Body.Copy();
        if (include.Count > 0)
        {
            var endpoint = new JsonObject();
            if (include.Contains(SecretField))
            {
                endpoint["signing_secret"] = destination.Hidden.Objects("secrets").First().Text("secret");
            }

            if (include.Contains(UrlField))
            {
                endpoint["url"] = destination.Hidden.Text("url");
            }

            shown["webhook_endpoint"] = endpoint;
        }

        return shown;
    }

    private static IReadOnlyList<string> Included(Call call)
    {
        var include = call.Params.TextsOrOne("include");
        return include.FirstOrDefault(name => name is not (SecretField or UrlField)) is { } unknown
            ? throw ApiError.Invalid("include", $"There is nothing to include by the name '{unknown}'.")
            : include;
    }

    private static string Now(Call call) => ThinEvent.Iso(call.World.Now(null));
}
