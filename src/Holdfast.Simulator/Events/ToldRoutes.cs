using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Events;

/// <summary>
/// What whoever listens to events should hold by now: <c>GET /_simulator/told</c> shows every object that an event has
/// told of, as it is today. Where an object has changed since without an event, which nobody can know by events alone,
/// it is also shown as it was told.
/// </summary>
internal static class ToldRoutes
{
    public static void Map(Control control, World world) => control.Get("told", async call =>
    {
        var (type, version) = (call.Params.Text("type"), VersionOf(call.Params, world));
        call.Params.RefuseUnread();
        using (await world.EnterAsync(call.Cancelled))
        {
            return new JsonObject
            {
                ["data"] = new JsonArray([.. world.Everything()
                    .Where(item => item.Told is not null && (type is null || item.Type.Name == type))
                    .Select(item => Show(world, item, version))]),
            };
        }
    });

    private static JsonObject Show(World world, StripeObject item, ApiVersion version) => new()
    {
        ["type"] = item.Type.Name,
        ["id"] = item.Id,
        ["object"] = Rendering.Render(world, item.Body, version, Expansion.None),
        ["told"] = JsonNode.DeepEquals(item.Told, item.Body)
            ? null
            : Rendering.Render(world, item.Told!, version, Expansion.None),
    };

    private static ApiVersion VersionOf(Params asked, World world) => asked.Text("version") is not { Length: > 0 } text
        ? world.DefaultVersion
        : ApiVersion.TryParse(text, out var version) ? version
        : throw ApiError.Invalid("version", $"Invalid Stripe API version: {text}.");
}
