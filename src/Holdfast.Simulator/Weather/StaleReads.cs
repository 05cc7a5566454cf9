using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>Remembers for seconds how objects were before they were changed, and shows some readers that.</summary>
internal sealed class StaleReads
{
    private readonly SortedDictionary<string, (JsonObject Body, long At)> _before = new(StringComparer.Ordinal);

    public void Note(World world, IReadOnlyDictionary<StripeObject, JsonObject> originals)
    {
        if (world.Forecast.StaleReads <= 0)
        {
            return;
        }

        var now = world.NowMilliseconds;
        foreach (var id in _before.Where(kept => IsOver(world, kept.Value.At)).Select(kept => kept.Key).ToArray())
        {
            _before.Remove(id);
        }

        foreach (var body in originals.Values)
        {
            if (body.Text("id") is { } id)
            {
                _before.TryAdd(id, (body, now));
            }
        }
    }

    public JsonObject ToJson() => new(_before.Select(kept => KeyValuePair.Create(
        kept.Key, (JsonNode?)new JsonObject { ["body"] = kept.Value.Body.Copy(), ["at"] = kept.Value.At })));

    public void Restore(JsonObject json)
    {
        foreach (var (id, kept) in json)
        {
            _before[id] = (((JsonObject)kept!["body"]!).Copy(), kept["at"]!.GetValue<long>());
        }
    }

    public void Clear() => _before.Clear();

    /// <summary>The answer to a GET, now and then as it would have been a moment ago.</summary>
    public Answer View(World world, Answer answer)
    {
        if (!world.Chances.For("stale reads").Happens(world.Forecast.StaleReads))
        {
            return answer;
        }

        return answer switch
        {
            Answer.One one => new Answer.One(Before(world, one.Body)),
            Answer.Many many => new Answer.Many(
                many.Page with { Items = [.. many.Page.Items.Select(body => Before(world, body))] }),
            _ => answer,
        };
    }

    private JsonObject Before(World world, JsonObject body)
    {
        if (body.Text("id") is not { } id || !_before.TryGetValue(id, out var kept) || IsOver(world, kept.At)
            || JsonNode.DeepEquals(kept.Body, body))
        {
            return body;
        }

        world.Counts.Add("stale_reads");
        return kept.Body;
    }

    private static bool IsOver(World world, long at) =>
        world.NowMilliseconds - at >= world.Forecast.StaleFor.TotalMilliseconds;
}
