using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Http;

/// <summary>Some of a list, newest first. See https://docs.stripe.com/api/pagination.</summary>
internal sealed record Page(IReadOnlyList<JsonObject> Items, bool HasMore, string Url)
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;

    /// <param name="all">Everything that fits the filters, newest first.</param>
    public static Page Of(IReadOnlyList<JsonObject> all, Params asked, string url)
    {
        var (count, after, before) = Bounds(asked);
        if (before is not null)
        {
            var end = IndexOf(all, before, "ending_before");
            var start = Math.Max(0, end - count);
            return new Page([.. all.Skip(start).Take(end - start)], start > 0, url);
        }

        var from = after is null ? 0 : IndexOf(all, after, "starting_after") + 1;
        return new Page([.. all.Skip(from).Take(count)], from + count < all.Count, url);
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

    private static int IndexOf(IReadOnlyList<JsonObject> all, string id, string param)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i]["id"]?.GetValue<string>() == id)
            {
                return i;
            }
        }

        throw new ApiError(400, ApiError.InvalidRequest, $"No such object in this list: '{id}'", "resource_missing", param);
    }
}
