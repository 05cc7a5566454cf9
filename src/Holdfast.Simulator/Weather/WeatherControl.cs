using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>Changes the weather while the simulator runs.</summary>
internal static class WeatherControl
{
    public static void Map(Control control, World world)
    {
        control.Get("weather", Control.Within(world, asked => Show(world)));
        control.Post("weather", Control.Within(world, asked => Change(world, asked)));
        control.Post("outage", Control.Within(world, asked => LetBeOut(world, asked)));
    }

    public static JsonObject ToJson(Forecast forecast) =>
        (JsonObject)JsonSerializer.SerializeToNode(forecast, SimulatorJson.Default.Forecast)!;

    public static Forecast Read(JsonObject json) => json.Deserialize(SimulatorJson.Default.Forecast)!;

    private static JsonObject Show(World world) => new()
    {
        ["forecast"] = ToJson(world.Forecast),
        ["outages"] = world.Outages.ToJson(),
        ["counts"] = world.Counts.ToJson(),
    };

    /// <summary>A preset, or what is now, with these rates changed.</summary>
    private static JsonObject Change(World world, Params asked)
    {
        var forecast = world.Forecast;
        if (asked.Text("preset") is { } preset)
        {
            forecast = Forecast.Named(preset) ?? throw ApiError.Invalid("preset", "Must be one of calm, mild, rough.");
        }

        var json = ToJson(forecast);
        foreach (var name in json.Select(field => field.Key).ToArray())
        {
            if (asked.Text(name) is { } given)
            {
                json[name] = given;
            }
        }

        asked.RefuseUnread();
        world.Forecast = Valid(json);
        return Show(world);
    }

    private static Forecast Valid(JsonObject json)
    {
        foreach (var (name, value) in json)
        {
            if (!name.StartsWith("longest", StringComparison.Ordinal) && !name.EndsWith("_for", StringComparison.Ordinal)
                && name is not "requests_per_second"
                && !(double.TryParse(value!.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var rate)
                    && rate is >= 0 and <= 1))
            {
                throw ApiError.Invalid(name, $"Invalid rate {name}: must be between 0 and 1.");
            }
        }

        try
        {
            var forecast = Read(json);
            ReadOnlySpan<TimeSpan> lengths =
                [forecast.LongestDelay, forecast.StaleFor, forecast.HeldFor, forecast.SlowFor, forecast.LongestOutage];
            if (lengths.ContainsAnyExceptInRange(TimeSpan.Zero, TimeSpan.MaxValue) || forecast.RequestsPerSecond < 0)
            {
                throw ApiError.Invalid("", "No duration, and no number of requests, may be less than zero.");
            }

            return forecast;
        }
        catch (JsonException error)
        {
            throw ApiError.Invalid(error.Path?.TrimStart('$', '.') ?? "", "Durations are written 00:00:10, numbers as numbers.");
        }
    }

    /// <summary>Nothing gets through for these seconds; 0 ends it.</summary>
    private static JsonObject LetBeOut(World world, Params asked)
    {
        var (api, deliveries) = (asked.Integer(Outages.Api), asked.Integer(Outages.Deliveries));
        asked.RefuseUnread();
        foreach (var (what, seconds) in new[] { (Outages.Api, api), (Outages.Deliveries, deliveries) })
        {
            if (seconds is { } length)
            {
                world.Outages.Set(what, world.Now(null) + Math.Max(0, length));
            }
        }

        return Show(world);
    }
}
