using System.Text.Json;

namespace Holdfast.Access;

/// <summary>Reads the features of a plan.</summary>
internal sealed class FeatureParser(PlansErrors errors)
{
    private static readonly string[] LimitKeys = ["limit", "per_quantity"];

    public Dictionary<string, Feature> Read(JsonElement features, string path)
    {
        var read = new Dictionary<string, Feature>(StringComparer.Ordinal);
        if (!errors.Expect(JsonValueKind.Object, features, path, """Write {"export":true,"seats":5}."""))
        {
            return read;
        }

        foreach (var (name, value) in errors.Members(features, path, known: null))
        {
            var at = PlansErrors.Step(path, name);
            var isNamed = errors.AcceptsId(name, at);
            if (ReadFeature(value, at) is { } feature && isNamed)
            {
                read.Add(name, feature);
            }
        }

        return read;
    }

    private Feature? ReadFeature(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return new Feature.Unlimited();
            case JsonValueKind.False:
                return new Feature.Withheld();
            case JsonValueKind.Number:
                return ReadNumber(value, path) is { } limit ? new Feature.UpTo(limit) : null;
            case JsonValueKind.Object:
                return ReadLimit(value, path);
            default:
                errors.Add(path, $"{PlansErrors.Found(value)} is not what a feature can be",
                    """Write true, false, a limit such as 5, {"limit":5} or {"per_quantity":5}.""");
                return null;
        }
    }

    private Feature? ReadLimit(JsonElement value, string path)
    {
        var members = errors.Members(value, path, LimitKeys);
        var limit = ReadMember("limit");
        var each = ReadMember("per_quantity");
        if (members.Count is not 1)
        {
            errors.Add(path, members.Count is 0 ? "has no limit" : "has both a limit and a per_quantity",
                """Write either {"limit":5} or {"per_quantity":5}.""");
            return null;
        }

        return (limit, each) switch
        {
            ({ } upTo, _) => new Feature.UpTo(upTo),
            (_, { } perQuantity) => new Feature.PerQuantity(perQuantity),
            _ => null,
        };

        long? ReadMember(string key) =>
            members.TryGetValue(key, out var number) ? ReadNumber(number, $"{path}.{key}") : null;
    }

    private long? ReadNumber(JsonElement value, string path)
    {
        const string Remedy = "Write a limit such as 5.";
        if (!errors.Expect(JsonValueKind.Number, value, path, Remedy))
        {
            return null;
        }

        if (value.TryGetInt64(out var limit) && limit >= 0)
        {
            return limit;
        }

        var written = value.GetRawText();
        var (problem, remedy) = written.AsSpan().TrimStart('-').ContainsAnyExceptInRange('0', '9')
            ? ("is not a whole number in plain digits", Remedy)
            : written[0] is '-'
                ? ("is negative", "Write 0 or more; to grant without a limit, make the feature true.")
                : ($"is more than {long.MaxValue}", "To grant without a limit, make the feature true.");
        errors.Add(path, $"{PlansErrors.Found(value)} {problem}", remedy);
        return null;
    }
}
