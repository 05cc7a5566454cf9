using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Events;

/// <summary>One fact as Stripe tells it: for ever the same, but shown in the shape of whichever version is asked for.</summary>
internal sealed class StripeEvent(string id, Happening happening, OperationCause cause)
{
    private readonly Dictionary<string, JsonObject> _shown = [];

    public string Id { get; } = id;

    public string Type => Happening.Type;

    public long Created => Happening.At;

    public Happening Happening { get; } = happening;

    public OperationCause Cause { get; } = cause;

    /// <summary>Endpoints that have still to answer 2xx.</summary>
    public HashSet<string> Pending { get; } = [];

    public JsonObject Show(World world, ApiVersion version)
    {
        if (!_shown.TryGetValue(version.Name, out var data))
        {
            _shown[version.Name] = data = RenderData(world, version);
        }

        return new JsonObject
        {
            ["id"] = Id,
            ["object"] = "event",
            ["api_version"] = version.Name,
            ["created"] = Created,
            ["data"] = data.DeepClone(),
            ["livemode"] = false,
            ["pending_webhooks"] = Pending.Count,
            ["request"] = new JsonObject { ["id"] = Cause.RequestId, ["idempotency_key"] = Cause.IdempotencyKey },
            ["type"] = Type,
        };
    }

    private JsonObject RenderData(World world, ApiVersion version)
    {
        var shown = Rendering.Render(world, Happening.Body, version, Expansion.None);
        var data = new JsonObject { ["object"] = shown };
        if (Happening.Before is { } before
            && Difference.Between(Rendering.Render(world, before, version, Expansion.None), shown) is { } previous)
        {
            data["previous_attributes"] = previous;
        }

        return data;
    }
}
