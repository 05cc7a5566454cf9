using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Weather;

/// <summary>Draws what befalls each event on its way to each endpoint.</summary>
internal static class DeliveryWeather
{
    private const int MostOvertaken = 60_000;

    private const int LatestCopy = 10 * 60_000;

    /// <summary>Whether a fact is told twice, by two events.</summary>
    public static bool TellsTwice(World world)
    {
        var twice = world.Chances.For("facts told twice").Happens(world.Forecast.TwoIds);
        if (twice)
        {
            world.Counts.Add("told_twice");
        }

        return twice;
    }

    /// <summary>What becomes of a sending: nothing, itself, or itself and a copy, each in its own time and state.</summary>
    public static IEnumerable<Sending> Befall(World world, Sending sending)
    {
        var (forecast, chance) = (world.Forecast, world.Chances.For("weather of deliveries"));
        var (drops, doubles, overtaken, delayed, corrupted) = (
            chance.Happens(forecast.Drop), chance.Happens(forecast.Duplicate), chance.Happens(forecast.Reorder),
            chance.Happens(forecast.Delay), chance.Happens(forecast.Corrupt));
        var (luck, later) = (chance.Fraction(), chance.Fraction());
        if (drops)
        {
            world.Counts.Add("dropped");
            return [];
        }

        var due = sending.Due;
        if (overtaken)
        {
            world.Counts.Add("reordered");
            due += (long)(luck * MostOvertaken);
        }

        if (delayed)
        {
            world.Counts.Add("delayed");
            due += (long)(luck * forecast.LongestDelay.TotalMilliseconds);
        }

        if (corrupted)
        {
            world.Counts.Add("corrupted");
        }

        var befallen = sending with { Due = due, IsCorrupt = corrupted };
        if (!doubles)
        {
            return [befallen];
        }

        world.Counts.Add("doubled");
        return [befallen, sending with { Due = due + (long)(later * LatestCopy), IsCopy = true }];
    }
}
