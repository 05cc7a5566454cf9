using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop;

/// <summary>
/// What Stripe puts under <c>previous_attributes</c>: only the changed keys with their old values; objects in part,
/// arrays whole, and null for what was not there.
/// </summary>
/// <remarks>https://docs.stripe.com/api/events/object#event_object-data-previous_attributes</remarks>
internal static class PreviousAttributes
{
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        JsonObject changes = [];
        foreach (var key in before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key)))
        {
            var (old, now) = (before[key], after[key]);
            if (JsonNode.DeepEquals(old, now))
            {
                continue;
            }

            changes[key] = (old, now) is (JsonObject was, JsonObject became)
                ? Between(was, became)
                : old?.DeepClone();
        }

        return changes;
    }
}
