using System.Text.Json;

namespace Holdfast.Access;

/// <summary>Reads the ways that lead to each plan, and sees to it that no way leads to two.</summary>
internal sealed class PlanWays(PlansErrors errors)
{
    /// <summary>The plan that each way leads to, as first seen in the file.</summary>
    private readonly Dictionary<(string Way, string Key), (string Path, string? Id)> _leadsTo = [];

    public (List<string> Prices, List<string> Products, List<string> LookupKeys) Read(
        Dictionary<string, JsonElement> members, string plan, string? planId)
    {
        var prices = Way("prices");
        var products = Way("products");
        var lookupKeys = Way("lookup_keys");
        if (prices is [] && products is [] && lookupKeys is [])
        {
            errors.Add(plan, "has no price, product or lookup key, so nothing could ever lead to it",
                """Add what is sold at Stripe, such as "prices":["price_…"].""");
        }

        return (prices ?? [], products ?? [], lookupKeys ?? []);

        // Null when it is no list, so that nobody concludes it is an empty one.
        List<string>? Way(string way)
        {
            var path = $"{plan}.{way}";
            if (!members.TryGetValue(way, out var list))
            {
                return [];
            }

            return errors.Expect(JsonValueKind.Array, list, path, $"Write \"{way}\":[\"…\"], also for a single one.")
                ? [.. list.EnumerateArray().Select((key, at) => Key(key, way, $"{path}[{at}]", plan, planId))]
                : null;
        }
    }

    private string Key(JsonElement value, string way, string path, string plan, string? planId)
    {
        // A lookup key is any text its owner chose at Stripe.
        var key = way is "lookup_keys" ? errors.LookupKey(value, path) : errors.Id(value, path);
        if (key is null)
        {
            return "";
        }

        if (Misplaced(way, key) is var (what, place))
        {
            errors.Add(path, $"{Wording.Quote(key)} is the id of a {what}", $"Move it to \"{place}\".");
        }

        if (!_leadsTo.TryAdd((way, key), (plan, planId)))
        {
            Clash(path, plan, key, _leadsTo[(way, key)]);
        }

        return key;
    }

    private void Clash(string path, string plan, string key, (string Path, string? Id) first)
    {
        if (first.Path == plan)
        {
            errors.Add(path, $"{Wording.Quote(key)} is listed twice in this plan", "Remove one.");
        }
        else
        {
            var other = first.Id is null ? first.Path : $"{first.Path} ({Wording.Quote(first.Id)})";
            errors.Add(path, $"{Wording.Quote(key)} already leads to {other}", "Remove it from one of the two plans.");
        }
    }

    /// <summary>Where an id belongs whose prefix shows that it is in the wrong list: it would match nothing.</summary>
    private static (string What, string Place)? Misplaced(string way, string key) => way switch
    {
        "products" when key.StartsWith("price_", StringComparison.Ordinal) => ("price", "prices"),
        "prices" when key.StartsWith("prod_", StringComparison.Ordinal) => ("product", "products"),
        _ => null,
    };
}
