using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Versions;

/// <summary>
/// What Stripe writes as <c>previous_attributes</c>: the changed keys with their old values, nested keys in part, arrays
/// whole. See https://docs.stripe.com/api/events/object.
/// </summary>
internal static class Difference
{
    /// <returns>Null when nothing changed.</returns>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var changed = new JsonObject();
        foreach (var (name, old) in before)
        {
            if (!after.TryGetPropertyValue(name, out var now))
            {
                changed[name] = old?.DeepClone();
            }
            else if (old is JsonObject oldObject && now is JsonObject nowObject)
            {
                if (Between(oldObject, nowObject) is { } inner)
                {
                    changed[name] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(old, now))
            {
                changed[name] = old?.DeepClone();
            }
        }

        foreach (var (name, _) in after)
        {
            if (!before.ContainsKey(name))
            {
                changed[name] = null;
            }
        }

        return changed.Count == 0 ? null : changed;
    }
}
