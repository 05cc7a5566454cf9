using System.Text.Json.Nodes;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Delivery;

/// <summary>Webhook endpoints. https://docs.stripe.com/api/webhook_endpoints</summary>
internal static class WebhookEndpoints
{
    public static readonly ObjectType Type = new("webhook_endpoint", "we", """
        {
          "id": "", "object": "webhook_endpoint", "api_version": null, "application": null, "created": 0,
          "description": null, "enabled_events": [], "livemode": false, "metadata": {}, "status": "enabled", "url": ""
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/webhook_endpoints", Create);
        catalog.Get("/v1/webhook_endpoints", call => new Answer.Many(call.List(Type)));
        catalog.Get("/v1/webhook_endpoints/{endpoint}", call => Answer.Of(call.Named(Type, "endpoint")));
        catalog.Post("/v1/webhook_endpoints/{endpoint}", Update);
        catalog.Delete("/v1/webhook_endpoints/{endpoint}", Delete);
        catalog.Post("/_simulator/webhook_endpoints/{endpoint}/roll_secret", RollSecret);
    }

    /// <param name="secret">Null makes one.</param>
    public static StripeObject Make(Operation operation, JsonObject fields, string? secret = null)
    {
        if (Endpoint.All(operation.World).Count() >= Endpoint.Most)
        {
            throw ApiError.State($"You have reached the maximum of {Endpoint.Most} webhook endpoints.");
        }

        var endpoint = operation.Create(Type, fields);
        var signing = Endpoint.Secret(secret ?? operation.World.Ids.Next("whsec"));
        operation.UpdateHidden(endpoint, hidden => hidden["secrets"] = new JsonArray(signing));
        return endpoint;
    }

    /// <summary>One that was made not over the API but by whoever runs the simulator.</summary>
    public static (string Id, string Secret) Add(
        World world, Uri url, string? secret, ApiVersion? version, IReadOnlyList<string> events)
    {
        if (!IsHttp(url))
        {
            throw new ArgumentException($"An endpoint is reached by http or https, not by {url}.", nameof(url));
        }

        var operation = new Operation(world, OperationCause.Time);
        var endpoint = Make(operation, new JsonObject
        {
            ["url"] = url.AbsoluteUri,
            ["enabled_events"] = new JsonArray([.. events.Select(name => JsonValue.Create(name))]),
            ["api_version"] = version?.Name,
        }, secret);
        world.Commit(operation);
        return (endpoint.Id, endpoint.Hidden.Objects("secrets").First().Text("secret")!);
    }

    /// <summary>The secret that signs from now on; those before it go on signing until they end.</summary>
    public static string Roll(Operation operation, StripeObject endpoint, long oldEnds)
    {
        var secret = operation.World.Ids.Next("whsec");
        operation.UpdateHidden(endpoint, hidden =>
        {
            foreach (var old in hidden.Objects("secrets"))
            {
                old["expires_at"] = Math.Min(old.Number("expires_at") ?? long.MaxValue, oldEnds);
            }

            hidden.Items("secrets").Insert(0, Endpoint.Secret(secret));
        });
        return secret;
    }

    private static Answer Create(Call call)
    {
        var fields = new JsonObject { ["url"] = UrlOf(call.Params), ["enabled_events"] = EventsOf(call.Params) };
        if (call.Params.Text("api_version") is { Length: > 0 } text)
        {
            fields["api_version"] = ApiVersion.TryParse(text, out var version) ? version.Name
                : throw ApiError.Invalid("api_version", $"Invalid API version: {text}");
        }

        if (call.Params.Flag("connect") is true)
        {
            throw ApiError.Unsupported("endpoints for connected accounts", "connect");
        }

        var endpoint = Make(call.Operation, fields);
        call.Operation.Update(endpoint, body => Write(call.Params, body));
        var shown = endpoint.Body.Copy();
        shown["secret"] = endpoint.Hidden.Objects("secrets").First().Text("secret");
        return new Answer.One(shown);
    }

    private static Answer Update(Call call)
    {
        var endpoint = call.Named(Type, "endpoint");
        call.Operation.Update(endpoint, body =>
        {
            Write(call.Params, body);
            if (call.Params.Has("url"))
            {
                body["url"] = UrlOf(call.Params);
            }

            if (call.Params.Has("enabled_events"))
            {
                body["enabled_events"] = EventsOf(call.Params);
            }

            if (call.Params.Flag("disabled") is { } disabled)
            {
                body["status"] = disabled ? "disabled" : "enabled";
            }
        });
        call.Operation.UpdateHidden(endpoint, hidden => hidden.Remove("failing_since"));
        return Answer.Of(endpoint);
    }

    /// <summary>What Stripe has in its dashboard only. https://docs.stripe.com/webhooks#roll-endpoint-secrets</summary>
    private static Answer.Plain RollSecret(Call call)
    {
        const long longest = 24 * 60 * 60;
        var endpoint = call.Named(Type, "endpoint");
        var keep = call.Params.Integer("expires_in") ?? 0;
        if (keep is < 0 or > longest)
        {
            throw ApiError.Invalid("expires_in", $"The old secret may go on for {longest} seconds at most.");
        }

        var secret = Roll(call.Operation, endpoint, call.World.Now(null) + keep);
        return new Answer.Plain(new JsonObject { ["id"] = endpoint.Id, ["secret"] = secret, ["expires_in"] = keep });
    }

    private static Answer Delete(Call call)
    {
        var endpoint = call.Named(Type, "endpoint");
        call.Operation.Remove(endpoint);
        return Answer.Deleted(endpoint);
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "description");
        asked.SetMetadata(body);
    }

    public static string UrlOf(Params asked)
    {
        var url = asked.Required("url");
        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && IsHttp(parsed) ? url
            : throw ApiError.Invalid(asked.PathOf("url"), $"Invalid URL: {url}", "url_invalid");
    }

    private static bool IsHttp(Uri url) => url is { IsAbsoluteUri: true, Scheme: "http" or "https" };

    public static JsonArray EventsOf(Params asked)
    {
        var names = asked.Texts("enabled_events");
        if (names.Count == 0)
        {
            throw ApiError.Missing("enabled_events");
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (!EventNames.IsKnown(names[i]))
            {
                throw ApiError.Invalid($"enabled_events[{i}]", $"There is no event named '{names[i]}'.");
            }
        }

        return [.. names.Select(name => JsonValue.Create(name))];
    }
}
