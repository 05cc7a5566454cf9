using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.State;

/// <summary>
/// All of a world as JSON. A world that was loaded goes on as the one that was saved would have: what is due, what is still
/// to be sent, what is kept under keys and what chance will say are all in it. How deliveries are made is not: that is up to
/// whoever runs the simulator, as the port is.
/// </summary>
internal static class SavedWorld
{
    private const int Format = 1;

    public static JsonObject Write(World world) => new()
    {
        ["format"] = Format,
        ["seed"] = world.Seed,
        ["version"] = world.DefaultVersion.Name,
        ["now"] = world.Clock.Now.ToString("O", CultureInfo.InvariantCulture),
        ["chances"] = new JsonObject(world.Chances.All.Select(stream => KeyValuePair.Create(
            stream.Key, (JsonNode?)JsonValue.Create(stream.Value.State.ToString(CultureInfo.InvariantCulture))))),
        ["objects"] = Array(world.Everything(), Write),
        ["timeline"] = world.Timeline.ToJson(),
        ["events"] = Array(world.Events.All, told => told.ToJson()),
        ["outbox"] = world.Outbox.ToJson(),
        ["deliveries"] = Array(world.Deliveries.Latest, record => record.ToJson()),
        ["counts"] = world.Counts.ToJson(),
        ["idempotency"] = world.Idempotency.ToJson(),
        ["rate_limit"] = world.RateLimit.ToJson(),
        ["revoked_keys"] = Array(world.Keys.Revoked, key => JsonValue.Create(key)),
        ["forecast"] = WeatherControl.ToJson(world.Forecast),
        ["outages"] = world.Outages.ToJson(),
        ["stale_reads"] = world.StaleReads.ToJson(),
        ["shoppers"] = world.Shoppers,
        ["settings"] = JsonSerializer.SerializeToNode(world.Billing, SimulatorJson.Default.BillingSettings),
    };

    /// <summary>Puts the saved world in the place of this one; one that cannot be read leaves all as it was.</summary>
    public static void Read(World world, JsonObject saved)
    {
        if (saved.Number("format") != Format)
        {
            throw ApiError.Invalid("format", $"This is no state of a simulator, or of another one: format {Format} is needed.");
        }

        // As text and back, so that every number is one that was read.
        var (before, after) = (Reread(Write(world)), Reread(saved));
        try
        {
            Load(world, after);
        }
        catch (Exception error)
        {
            // Whatever was wrong with it: half a world is worse than none.
            Load(world, before);
            throw ApiError.Invalid("", $"The state cannot be read: {error.Message}");
        }
    }

    /// <summary>Begins anew, as a world with these options begins, whatever was changed or loaded since.</summary>
    public static void Reset(World world, SimulatorOptions options)
    {
        world.Clear();
        world.Chances.Reset(options.Seed);
        (world.Forecast, world.Billing, world.DefaultVersion) = (options.Forecast, options.Billing, options.Version);
    }

    private static void Load(World world, JsonObject saved)
    {
        world.Clear();
        world.DefaultVersion = ApiVersion.Of(saved.Text("version")!);
        world.Clock.Restore(
            DateTimeOffset.Parse(saved.Text("now")!, CultureInfo.InvariantCulture) - world.Clock.Time.GetUtcNow());
        world.Chances.Reset(saved["seed"]!.GetValue<long>());
        foreach (var (purpose, state) in saved.Child("chances")!)
        {
            world.Chances.For(purpose).State = ulong.Parse(state!.GetValue<string>(), CultureInfo.InvariantCulture);
        }

        foreach (var item in saved.Objects("objects"))
        {
            world.Add(ReadObject(world, item));
        }

        world.Timeline.Restore(saved.Child("timeline")!);
        if (world.Timeline.All.FirstOrDefault(due => !world.Catalog.Knows(due.Kind)) is { } unknown)
        {
            throw new FormatException($"Nothing falls due by the name {unknown.Kind}.");
        }

        foreach (var told in saved.Objects("events"))
        {
            world.Events.Add(Events.StripeEvent.Read(told));
        }

        world.Outbox.Restore(saved.Child("outbox")!);
        foreach (var record in saved.Objects("deliveries"))
        {
            world.Deliveries.Restore(Delivery.DeliveryRecord.Read(record));
        }

        world.Counts.Restore(saved.Child("counts")!);
        world.Idempotency.Restore(saved.Items("idempotency"));
        world.RateLimit.Restore(saved.Child("rate_limit")!);
        foreach (var key in saved.Items("revoked_keys"))
        {
            world.Keys.Revoke(key!.GetValue<string>());
        }

        world.Forecast = WeatherControl.Read(saved.Child("forecast")!);
        world.Outages.Restore(saved.Child("outages")!);
        world.StaleReads.Restore(saved.Child("stale_reads")!);
        world.Shoppers = (int)(saved.Number("shoppers") ?? 0);
        world.Billing = saved["settings"].Deserialize(SimulatorJson.Default.BillingSettings)!;
    }

    private static JsonObject Reread(JsonObject json) => (JsonObject)JsonNode.Parse(json.ToJsonString())!;

    private static JsonObject Write(StripeObject item) => new()
    {
        ["type"] = item.Type.Name,
        ["body"] = item.Body.Copy(),
        ["hidden"] = item.Hidden.Copy(),
        ["told"] = JsonNode.DeepEquals(item.Told, item.Body) ? true : item.Told?.Copy(),
    };

    private static StripeObject ReadObject(World world, JsonObject item)
    {
        var type = world.Catalog.TypeNamed(item.Text("type")!)
            ?? throw new FormatException($"There is no type {item.Text("type")}.");
        var made = new StripeObject(type, item.Child("body")!.Copy(), item.Child("hidden")!.Copy());
        if ((item.Flag("told") ? made.Body : item.Child("told")) is { } told)
        {
            made.WasTold(told.Copy());
        }

        return made;
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => [.. items.Select(write)];
}
