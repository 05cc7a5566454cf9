using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>The pieces Stripe's objects are made of.</summary>
internal static class Parts
{
    public static long Unix(this DateTimeOffset moment) => moment.ToUnixTimeSeconds();

    /// <summary>Stripe's list, complete in itself.</summary>
    public static JsonObject List(string url, IEnumerable<JsonNode> members)
    {
        JsonArray data = [.. members];
        return new() { ["object"] = "list", ["data"] = data, ["has_more"] = false, ["url"] = url };
    }

    /// <summary>A list as it was counted before 2025-03-31.basil.</summary>
    public static JsonObject CountedList(string url, IEnumerable<JsonNode> members)
    {
        var list = List(url, members);
        list["total_count"] = list["data"]!.AsArray().Count;
        return list;
    }

    public static JsonObject Metadata(IReadOnlyDictionary<string, string> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));

    public static JsonArray Words(params IEnumerable<string> words) => [.. words.Select(word => (JsonNode)word)];

    public static JsonObject Address(string? city = null, string? country = null) => new()
    {
        ["city"] = city,
        ["country"] = country,
        ["line1"] = null,
        ["line2"] = null,
        ["postal_code"] = null,
        ["state"] = null,
    };

    public static JsonObject AutomaticTax(Rendering rendering)
    {
        JsonObject tax = new() { ["enabled"] = false, ["liability"] = null, ["status"] = null };
        if (rendering.IsBasil)
        {
            tax["disabled_reason"] = null;
            tax["provider"] = null;
        }

        return tax;
    }

    /// <summary>Adds what only some shapes have.</summary>
    public static JsonObject With(this JsonObject body, JsonObject more)
    {
        foreach (var (name, value) in more.ToArray())
        {
            more.Remove(name);
            body[name] = value;
        }

        return body;
    }
}
