using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Events;

/// <summary>
/// A fact told without its object: who wants to know fetches. Its id is made of the event's, so that it need not be kept.
/// https://docs.stripe.com/api/v2/core/events/object
/// </summary>
/// <param name="Twin">Which of the event's <see cref="StripeEvent.Twins"/> it is.</param>
internal readonly record struct ThinEvent(StripeEvent Told, int Twin)
{
    private const string Prefix = "evt_test_65";

    public string Id => $"{Prefix}{Told.Id["evt_".Length..]}{Twin:00}";

    public string Type => Told.Twins[Twin];

    public static IEnumerable<ThinEvent> AllOf(StripeEvent told) =>
        Enumerable.Range(0, told.Twins.Count).Select(twin => new ThinEvent(told, twin));

    public static ThinEvent? Find(World world, string id)
    {
        if (!id.StartsWith(Prefix, StringComparison.Ordinal) || id.Length < Prefix.Length + 2
            || !int.TryParse(id.AsSpan(id.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var twin))
        {
            return null;
        }

        return world.Events.Find($"evt_{id[Prefix.Length..^2]}") is { } told && EventLog.IsShown(world, told)
            && twin < told.Twins.Count ? new ThinEvent(told, twin) : null;
    }

    /// <summary>As it is sent.</summary>
    public JsonObject Notify()
    {
        var shown = new JsonObject
        {
            ["id"] = Id,
            ["object"] = "v2.core.event",
            ["type"] = Type,
            ["created"] = Iso(Told.Created),
            ["livemode"] = false,
        };
        if (Related() is { } related)
        {
            shown["related_object"] = related;
        }

        if (Told.Cause.RequestId is { } request)
        {
            shown["reason"] = new JsonObject
            {
                ["type"] = "request",
                ["request"] = new JsonObject { ["id"] = request, ["idempotency_key"] = Told.Cause.IdempotencyKey },
            };
        }

        return shown;
    }

    public byte[] Write() => System.Text.Encoding.UTF8.GetBytes(Notify().ToJsonString(Api.Layout));

    /// <summary>As it is fetched: with what changed, and the event it is the twin of.</summary>
    public JsonObject Show()
    {
        var shown = Notify();
        if (Told.Before is not null)
        {
            var (now, before) = ((JsonObject)JsonNode.Parse(Told.Body)!, (JsonObject)JsonNode.Parse(Told.Before)!);
            shown["changes"] = new JsonObject
            {
                ["before"] = Difference.Between(before, now) ?? [],
                ["after"] = Difference.Between(now, before) ?? [],
            };
        }

        if (!Told.IsOnlyThin)
        {
            shown["snapshot_event"] = Told.Id;
        }

        return shown;
    }

    public static string Iso(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Where its object is fetched: most of Stripe's paths are the type's name with an s. A discount is not found by
    /// its id.
    /// </summary>
    private JsonObject? Related()
    {
        var body = (JsonObject)JsonNode.Parse(Told.Body)!;
        if (body.Text("id") is not { } id || body.Text("object") is not { } type)
        {
            return null;
        }

        if (type is "discount")
        {
            return new JsonObject { ["type"] = type, ["url"] = $"/v1/customers/{body.Text("customer")}/discount" };
        }

        var path = type.StartsWith("v2.", StringComparison.Ordinal) ? type : $"v1.{type}";
        return new JsonObject { ["id"] = id, ["type"] = type, ["url"] = $"/{path.Replace('.', '/')}s/{id}" };
    }
}
