using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator;

/// <summary>What can be asked of the simulator itself, by people and from other languages.</summary>
internal static class ControlRoutes
{
    public static void Map(Control control, StripeSimulator simulator)
    {
        control.Get("clock", call => Task.FromResult<JsonNode>(Clock(simulator)));
        control.Post("advance", async call =>
        {
            var seconds = call.Params.RequiredInteger("seconds");
            call.Params.RefuseUnread();
            if (seconds is < 0 or > int.MaxValue)
            {
                throw ApiError.Invalid("seconds", $"Time goes only forward, and by {int.MaxValue} seconds at most.");
            }

            await simulator.AdvanceAsync(TimeSpan.FromSeconds(seconds), call.Cancelled);
            return Clock(simulator);
        });
        control.Get("endpoints", Control.Within(simulator.World, asked => Endpoints(simulator.World, asked)));
        control.Get("deliveries", Control.Within(simulator.World, asked => Deliveries(simulator.World, asked)));
        control.Get("keys", Control.Within(simulator.World, asked => Keys(simulator.World, asked)));
        control.Post("keys", Control.Within(simulator.World, asked => Keys(simulator.World, asked)));
        WeatherControl.Map(control, simulator.World);
        StateControl.Map(control, simulator);
    }

    private static JsonObject Clock(StripeSimulator simulator) => new()
    {
        ["now"] = simulator.Now.ToUnixTimeSeconds(),
        ["iso"] = simulator.Now.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>Where events go, with what Stripe never shows again: what signs, and since when nothing has arrived.</summary>
    private static JsonObject Endpoints(World world, Params asked)
    {
        asked.RefuseUnread();
        return new JsonObject
        {
            ["data"] = new JsonArray([.. Endpoint.All(world).Select(endpoint => new JsonObject
            {
                ["id"] = endpoint.Id,
                ["url"] = endpoint.Url,
                ["status"] = endpoint.Object.Status,
                ["failing_since"] = endpoint.Object.Hidden.Number("failing_since"),
                ["secrets"] = new JsonArray(
                    [.. endpoint.Secrets(world.Now(null)).Select(secret => JsonValue.Create(secret))]),
            })]),
        };
    }

    /// <summary>The latest first.</summary>
    private static JsonObject Deliveries(World world, Params asked)
    {
        var limit = (int)Math.Clamp(asked.Integer("limit") ?? 100, 1, DeliveryLog.Kept);
        var (@event, endpoint) = (asked.Text("event"), asked.Text("endpoint"));
        asked.RefuseUnread();
        return new JsonObject
        {
            ["counts"] = world.Counts.ToJson(),
            ["to_be_sent"] = world.Outbox.Count,
            ["data"] = new JsonArray([.. world.Deliveries.Latest.Reverse()
                .Where(record => (@event ?? record.Event) == record.Event && (endpoint ?? record.Endpoint) == record.Endpoint)
                .Take(limit)
                .Select(record => record.ToJson())]),
        };
    }

    /// <summary>Takes a key away, or gives it back.</summary>
    private static JsonObject Keys(World world, Params asked)
    {
        var (revoke, restore) = (asked.Text("revoke"), asked.Text("restore"));
        asked.RefuseUnread();
        if (revoke is not null)
        {
            world.Keys.Revoke(revoke);
        }

        if (restore is not null)
        {
            world.Keys.Restore(restore);
        }

        return new JsonObject { ["revoked"] = new JsonArray([.. world.Keys.Revoked.Select(key => JsonValue.Create(key))]) };
    }
}
