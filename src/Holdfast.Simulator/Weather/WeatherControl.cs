using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>Changes the weather while the simulator runs.</summary>
internal static class WeatherControl
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

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
            var text = value!.ToString();
            if (name is "requests_per_second")
            {
                Check(name, int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count >= 0,
                    "a whole number, 0 for no limit");
            }
            else if (IsDuration(name))
            {
                // Ten alone would be ten days.
                Check(name, TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var length)
                    && text.Contains(':', StringComparison.Ordinal) && length >= TimeSpan.Zero && length <= MaxDuration,
                    "hours, minutes and seconds, such as 00:00:10, and a day at most");
            }
            else
            {
                Check(name, double.TryParse(text, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 1,
                    "between 0 and 1");
            }
        }

        return Read(json);
    }

    private static bool IsDuration(string name) =>
        name.StartsWith("longest_", StringComparison.Ordinal) || name.EndsWith("_for", StringComparison.Ordinal);

    private static void Check(string name, bool isValid, string rule)
    {
        if (!isValid)
        {
            throw ApiError.Invalid(name, $"Invalid {name}: must be {rule}.");
        }
    }

    /// <summary>Nothing gets through for these seconds; 0 ends it.</summary>
    private static JsonObject LetBeOut(World world, Params asked)
    {
        var (api, deliveries) = (asked.Integer(Outages.Api), asked.Integer(Outages.Deliveries));
        asked.RefuseUnread();
        if (api is null && deliveries is null)
        {
            throw ApiError.Missing(Outages.Deliveries);
        }

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
