using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.State;

/// <summary>Saves the world, loads it, and begins anew.</summary>
internal static class StateControl
{
    public static void Map(Control control, StripeSimulator simulator)
    {
        control.Get("state", async call => await simulator.SaveAsync(call.Cancelled));
        control.Post("state", call => LoadAsync(simulator, call));
        control.Post("reset", async call =>
        {
            call.Params.RefuseUnread();
            await simulator.ResetAsync(call.Cancelled);
            return new JsonObject { ["reset"] = true };
        });
    }

    private static async Task<JsonNode> LoadAsync(StripeSimulator simulator, ControlCall call)
    {
        await simulator.LoadAsync(call.Body, call.Cancelled);
        return new JsonObject { ["loaded"] = true };
    }
}
