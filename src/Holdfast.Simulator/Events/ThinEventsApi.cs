using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;

namespace Holdfast.Simulator.Events;

/// <summary>Thin events. https://docs.stripe.com/api/v2/core/events</summary>
internal static class ThinEventsApi
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    public static void Map(Catalog catalog)
    {
        catalog.Get("/v2/core/events", List);
        catalog.Get("/v2/core/events/{event}", call => new Answer.Plain(
            (ThinEvent.Find(call.World, call.Route("event")) ?? throw ApiError.NotFound("event", call.Route("event"), "id"))
            .Show()));
    }

    /// <summary>How many a page of the newer API's lists has.</summary>
    public static int LimitOf(Call call) => call.Params.Integer("limit") switch
    {
        null => DefaultLimit,
        < 1 or > MaxLimit => throw ApiError.Invalid("limit", $"Invalid limit: must be between 1 and {MaxLimit}."),
        var limit => (int)limit,
    };

    /// <summary>The same list from where the token says.</summary>
    public static string PageUrl(Call call, string token)
    {
        var others = call.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(field => !field.StartsWith("page=", StringComparison.Ordinal));
        return $"{call.Url}?{string.Join('&', [.. others, $"page={Uri.EscapeDataString(token)}"])}";
    }

    private static Answer.Plain List(Call call)
    {
        var limit = LimitOf(call);
        var (fits, page) = (Filter(call), call.Params.Text("page"));
        // A page's token is the id it begins after, going to older ones (-) or to newer ones (+).
        var isNewer = page is ['+', ..];
        var found = Walk(call, page, isNewer).Where(thin => fits(thin)).Take(limit + 1).ToList();
        var more = found.Count > limit;
        var shown = found.Take(limit).ToList();
        if (isNewer)
        {
            shown.Reverse();
        }

        var (hasOlder, hasNewer) = (isNewer || more, isNewer ? more : page is not null);
        return new Answer.Plain(new JsonObject
        {
            ["data"] = new JsonArray([.. shown.Select(thin => thin.Show())]),
            ["next_page_url"] = hasOlder && shown.Count > 0 ? PageUrl(call, $"-{shown[^1].Id}") : null,
            ["previous_page_url"] = hasNewer && shown.Count > 0 ? PageUrl(call, $"+{shown[0].Id}") : null,
        });
    }

    /// <summary>From the newest, or from where a page begins, in its direction.</summary>
    private static IEnumerable<ThinEvent> Walk(Call call, string? page, bool isNewer)
    {
        var all = call.World.Events.All;
        if (page is null)
        {
            return Enumerable.Range(1, all.Count).SelectMany(back => ThinEvent.AllOf(all[^back]).Reverse());
        }

        if (page.Length < 2 || ThinEvent.Find(call.World, page[1..]) is not { } from)
        {
            throw ApiError.Invalid("page", "This page token is not one that was given out, or its page is gone.");
        }

        var place = call.World.Events.IndexOf(from.Told);
        return isNewer
            ? ThinEvent.AllOf(from.Told).Skip(from.Twin + 1)
                .Concat(Enumerable.Range(place + 1, all.Count - place - 1).SelectMany(at => ThinEvent.AllOf(all[at])))
            : ThinEvent.AllOf(from.Told).Take(from.Twin).Reverse()
                .Concat(Enumerable.Range(1, place).SelectMany(back => ThinEvent.AllOf(all[place - back]).Reverse()));
    }

    private static Func<ThinEvent, bool> Filter(Call call)
    {
        var (types, about) = (call.Params.TextsOrOne("types"), call.Params.Text("object_id"));
        var range = call.Params.Child("created");
        var (gt, gte, lt, lte) = (Moment(range, "gt"), Moment(range, "gte"), Moment(range, "lt"), Moment(range, "lte"));
        return thin => EventLog.IsShown(call.World, thin.Told)
            && (types.Count == 0 || types.Contains(thin.Type))
            && (about is null || about == thin.Told.ObjectId)
            && !(thin.Told.Created <= gt) && !(thin.Told.Created < gte)
            && !(thin.Told.Created >= lt) && !(thin.Told.Created > lte);
    }

    private static double? Moment(Params? range, string name) => range?.Text(name) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) =>
            at.ToUnixTimeMilliseconds() / 1000.0,
        var text => throw ApiError.Invalid(range.PathOf(name), $"Invalid time: {text}"),
    };
}
