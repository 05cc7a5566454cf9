using Holdfast.Simulator.Events;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Delivery;

/// <summary>Decides which endpoints an event goes to, and when.</summary>
internal static class Dispatch
{
    public static void Tell(World world, StripeEvent told)
    {
        told.Freeze(world, world.DefaultVersion);
        var after = world.Delivery.InOrder ? 0 : Arrival.AfterMilliseconds(world, told.Type);
        foreach (var endpoint in Endpoint.All(world))
        {
            var sending = new Sending(world.NowMilliseconds + after, 0, told.Id, endpoint.Id);
            if (!endpoint.IsEnabled || (told.IsOnlyThin && endpoint.Id != told.ObjectId))
            {
                continue;
            }

            if (endpoint.IsThin || told.IsOnlyThin)
            {
                TellTwins(world, told, endpoint, sending);
            }
            else if (endpoint.Listens(told.Type))
            {
                told.Freeze(world, endpoint.Version(world));
                told.Pending.Add(endpoint.Id);
                Plan(world, sending);
            }
        }
    }

    public static void Resend(World world, StripeEvent told, Endpoint endpoint)
    {
        world.Outbox.Plan(new Sending(world.NowMilliseconds, 0, told.Id, endpoint.Id) { IsManual = true });
        world.Stirred?.Invoke();
    }

    private static void TellTwins(World world, StripeEvent told, Endpoint endpoint, Sending sending)
    {
        for (var twin = 0; twin < told.Twins.Count; twin++)
        {
            if (told.IsOnlyThin || endpoint.Listens(told.Twins[twin]))
            {
                Plan(world, sending with { Twin = twin });
            }
        }
    }

    private static void Plan(World world, Sending sending)
    {
        foreach (var befallen in DeliveryWeather.Befall(world, sending))
        {
            world.Outbox.Plan(befallen);
        }
    }
}
