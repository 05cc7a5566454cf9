using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;

namespace Holdfast.Simulator.Events;

/// <summary>Events. https://docs.stripe.com/api/events</summary>
internal static class EventsApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Get("/v1/events", List);
        catalog.Get("/v1/events/{event}", call => new Answer.Plain(
            (call.World.Events.Find(call.Route("event")) ?? throw ApiError.NotFound("event", call.Route("event"), "id"))
            .Show(call.World, call.World.DefaultVersion)));
    }

    private static Answer List(Call call)
    {
        var type = call.Params.Text("type");
        return new Answer.Many(call.List(call.World.Events.All
            .Where(told => type is null || told.Type == type)
            .Select(told => told.Show(call.World, call.World.DefaultVersion))));
    }
}
