using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Http;

/// <summary>
/// Turns Stripe's form encoding into a tree: <c>items[0][price]=p</c>, <c>expand[]=a</c>, <c>metadata[order]=7</c>. Every
/// leaf is a string. See https://docs.stripe.com/api (the examples for curl).
/// </summary>
internal static class FormReader
{
    private const int MaxFields = 2000;
    private const int MaxDepth = 10;

    public static JsonObject Read(string encoded)
    {
        var root = new JsonObject();
        var fields = encoded.Split('&', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length > MaxFields)
        {
            throw ApiError.Invalid("", $"A request may have {MaxFields} parameters at most.");
        }

        foreach (var field in fields)
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? field : field[..equals]);
            Put(root, Steps(name), equals < 0 ? "" : Decode(field[(equals + 1)..]), name);
        }

        return WithArraysInside(root);
    }

    /// <summary>In /v2 an array is a name given several times: <c>types=a&amp;types=b</c>.</summary>
    public static string WithRepeats(string encoded)
    {
        var fields = encoded.Split('&', StringSplitOptions.RemoveEmptyEntries);
        var repeated = fields.GroupBy(NameOf).Where(same => same.Count() > 1).Select(same => same.Key).ToHashSet();
        return string.Join('&', fields.Select(field => repeated.Contains(NameOf(field))
            ? $"{NameOf(field)}[]{field[NameOf(field).Length..]}" : field));
    }

    private static string NameOf(string field) => field.Split('=')[0];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary><c>a[b][]</c> is a, b and an empty step.</summary>
    private static List<string> Steps(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            return [name];
        }

        var steps = new List<string> { name[..open] };
        while (open < name.Length)
        {
            var close = name.IndexOf(']', open);
            if (name[open] is not '[' || close < 0 || steps.Count >= MaxDepth)
            {
                throw ApiError.Invalid(name, $"The parameter name '{name}' is not well formed.");
            }

            steps.Add(name[(open + 1)..close]);
            open = close + 1;
        }

        return steps;
    }

    private static void Put(JsonObject at, List<string> steps, string value, string name)
    {
        for (var i = 0; i < steps.Count - 1; i++)
        {
            var key = steps[i].Length > 0 ? steps[i] : PlaceFor(at, steps[i + 1]);
            if (at[key] is null)
            {
                at[key] = new JsonObject();
            }

            at = at[key] as JsonObject ?? throw ApiError.Invalid(name, $"The parameter '{name}' is both a value and a hash.");
        }

        at[steps[^1].Length > 0 ? steps[^1] : Text(at.Count)] = value;
    }

    /// <summary>In <c>items[][price]</c> a field that the last member has already begins the next one.</summary>
    private static string PlaceFor(JsonObject at, string next) =>
        at.Count > 0 && at[Text(at.Count - 1)] is JsonObject last && !last.ContainsKey(next)
            ? Text(at.Count - 1)
            : Text(at.Count);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What has only numbers for names is an array, in the order of the numbers.</summary>
    private static JsonNode WithArrays(JsonObject node)
    {
        if (node.Count == 0
            || !node.All(field => int.TryParse(field.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return WithArraysInside(node);
        }

        var fields = node.ToArray();
        node.Clear();
        return new JsonArray([.. fields.OrderBy(field => int.Parse(field.Key, CultureInfo.InvariantCulture))
            .Select(field => field.Value is JsonObject inner ? WithArrays(inner) : field.Value)]);
    }

    /// <summary>The names in metadata are the caller's own, and may be numbers.</summary>
    private static JsonObject WithArraysInside(JsonObject node)
    {
        var fields = node.ToArray();
        node.Clear();
        foreach (var (name, value) in fields)
        {
            node[name] = name is not "metadata" && value is JsonObject inner ? WithArrays(inner) : value;
        }

        return node;
    }
}
