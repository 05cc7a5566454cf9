using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>When nothing gets through: while someone said so, and by the forecast at some time of some days.</summary>
internal sealed class Outages
{
    public const string Api = "api";
    public const string Deliveries = "deliveries";

    private const int Day = 24 * 60 * 60;

    private readonly SortedDictionary<string, long> _until = new(StringComparer.Ordinal);

    /// <summary>Unix seconds until which each was said to be out.</summary>
    public JsonObject ToJson() =>
        new(_until.Select(outage => KeyValuePair.Create(outage.Key, (JsonNode?)JsonValue.Create(outage.Value))));

    public void Restore(JsonObject json)
    {
        foreach (var (what, until) in json)
        {
            _until[what] = until!.GetValue<long>();
        }
    }

    public void Set(string what, long until) => _until[what] = until;

    public void Clear() => _until.Clear();

    public bool IsOut(World world, string what)
    {
        var now = world.Now(null);
        if (_until.TryGetValue(what, out var until) && now < until)
        {
            return true;
        }

        var rate = what is Api ? world.Forecast.ApiOutages : world.Forecast.DeliveryOutages;
        if (rate <= 0)
        {
            return false;
        }

        // By the day alone, so that asking often changes nothing.
        var chance = Chance.For(world.Seed, $"outage of {what} on day {now / Day}");
        var (happens, from) = (chance.Happens(rate), chance.Below(Day));
        var length = (int)(chance.Fraction() * world.Forecast.LongestOutage.TotalSeconds);
        return happens && now % Day >= from && now % Day < from + length;
    }
}
