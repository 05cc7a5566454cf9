using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Http;

/// <summary>Counts requests by the second of the world's time. https://docs.stripe.com/rate-limits</summary>
internal sealed class RateLimit
{
    private long _second;
    private int _count;

    public void Clear() => (_second, _count) = (0, 0);

    public JsonObject ToJson() => new() { ["second"] = _second, ["count"] = _count };

    public void Restore(JsonObject json) =>
        (_second, _count) = (json["second"]!.GetValue<long>(), (int)json["count"]!.GetValue<long>());

    public void Pass(World world)
    {
        var now = world.Now(null);
        (_second, _count) = (now, now == _second ? _count + 1 : 1);
        if (world.Forecast.RequestsPerSecond > 0 && _count > world.Forecast.RequestsPerSecond)
        {
            throw RequestWeather.TooFast("global-rate");
        }
    }
}
