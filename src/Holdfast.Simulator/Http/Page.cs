using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Http;

/// <summary>Some of a list, newest first. See https://docs.stripe.com/api/pagination.</summary>
internal sealed record Page(IReadOnlyList<JsonObject> Items, bool HasMore, string Url)
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;

    /// <param name="all">Everything that fits the filters, newest first; read no further than the page needs.</param>
    public static Page Of(IEnumerable<JsonObject> all, Params asked, string url)
    {
        var (count, after, before) = Bounds(asked);
        if (before is not null)
        {
            JsonObject[] newer = [.. Until(all, before)];
            return new Page([.. newer.TakeLast(count)], newer.Length > count, url);
        }

        JsonObject[] found = [.. (after is null ? all : After(all, after)).Take(count + 1)];
        return new Page([.. found.Take(count)], found.Length > count, url);
    }

    /// <summary>How many are asked for, and the id they come after or before.</summary>
    public static (int Limit, string? After, string? Before) Bounds(Params asked)
    {
        var limit = asked.Integer("limit") ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw ApiError.Invalid("limit", $"Invalid limit: must be between 1 and {MaxLimit}.");
        }

        var after = asked.Text("starting_after");
        var before = asked.Text("ending_before");
        return after is null || before is null
            ? ((int)limit, after, before)
            : throw ApiError.Exclusive("starting_after", "ending_before");
    }

    private static IEnumerable<JsonObject> Until(IEnumerable<JsonObject> all, string id)
    {
        foreach (var body in all)
        {
            if (body.Text("id") == id)
            {
                yield break;
            }

            yield return body;
        }

        throw Lacks(id, "ending_before");
    }

    private static IEnumerable<JsonObject> After(IEnumerable<JsonObject> all, string id)
    {
        var isBehind = false;
        foreach (var body in all)
        {
            if (isBehind)
            {
                yield return body;
            }

            isBehind |= body.Text("id") == id;
        }

        if (!isBehind)
        {
            throw Lacks(id, "starting_after");
        }
    }

    private static ApiError Lacks(string id, string param) =>
        new(400, ApiError.InvalidRequest, $"No such object in this list: '{id}'", "resource_missing", param);
}
