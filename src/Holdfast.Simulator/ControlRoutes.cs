using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

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
                throw ApiError.Invalid("seconds", "Time goes only forward.");
            }

            await simulator.AdvanceAsync(TimeSpan.FromSeconds(seconds), call.Cancelled);
            return Clock(simulator);
        });
        control.Get("deliveries", async call =>
        {
            var limit = call.Params.Integer("limit") ?? 100;
            var (@event, endpoint) = (call.Params.Text("event"), call.Params.Text("endpoint"));
            call.Params.RefuseUnread();
            using (await simulator.World.EnterAsync(call.Cancelled))
            {
                return Deliveries(simulator.World, (int)Math.Clamp(limit, 1, 10_000), record =>
                    (@event is null || record.Event == @event) && (endpoint is null || record.Endpoint == endpoint));
            }
        });
    }

    private static JsonObject Clock(StripeSimulator simulator) => new()
    {
        ["now"] = simulator.Now.ToUnixTimeSeconds(),
        ["iso"] = simulator.Now.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>The latest first.</summary>
    private static JsonObject Deliveries(World world, int limit, Func<DeliveryRecord, bool> fits) => new()
    {
        ["counts"] = world.Deliveries.CountsToJson(),
        ["to_be_sent"] = world.Outbox.Count,
        ["data"] = new JsonArray(
            [.. world.Deliveries.Latest.Reverse().Where(fits).Take(limit).Select(record => record.ToJson())]),
    };
}
