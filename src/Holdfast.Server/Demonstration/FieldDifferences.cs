using System.Text.Json.Nodes;

namespace Holdfast.Server.Demonstration;

/// <summary>Tells in which fields two objects differ: the path, and both values.</summary>
internal static class FieldDifferences
{
    public static IEnumerable<string> Between(JsonNode? held, JsonNode? atStripe, string path = "")
    {
        switch (held, atStripe)
        {
            case (JsonObject here, JsonObject there):
                return here.Select(field => field.Key).Union(there.Select(field => field.Key))
                    .SelectMany(name => Between(here[name], there[name], path.Length is 0 ? name : $"{path}.{name}"));
            case (JsonArray here, JsonArray there) when here.Count == there.Count:
                return here.Zip(there).SelectMany((pair, i) => Between(pair.First, pair.Second, $"{path}[{i}]"));
            default:
                return JsonNode.DeepEquals(held, atStripe)
                    ? []
                    : [$"{path}: {Shown(held)} here, {Shown(atStripe)} at Stripe"];
        }
    }

    private static string Shown(JsonNode? value) => value?.ToJsonString() ?? "null";
}
