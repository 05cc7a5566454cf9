using Holdfast.Simulator.Events;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Delivery;

/// <summary>What follows from a delivery: it is done, it is made again later, or the endpoint is given up.</summary>
internal static class Consequences
{
    /// <returns>True when the endpoint was disabled for it.</returns>
    public static bool Follow(World world, Sending sending, StripeEvent told, DeliveryRecord record)
    {
        world.Counts.Add("sent");
        world.Counts.Add(record.IsAcknowledged ? "acknowledged" : "failed");
        var endpoint = Endpoint.Find(world, sending.Endpoint);
        if (record.IsAcknowledged)
        {
            told.Pending.Remove(sending.Endpoint);
            endpoint?.Object.Hidden.Remove("failing_since");
        }
        else if (!sending.IsManual && endpoint is { } failing)
        {
            // Also where it is disabled: whoever enables it in time sees its retries still.
            Retry(world, sending);
            return IsGivenUp(world, failing);
        }

        return false;
    }

    private static void Retry(World world, Sending sending)
    {
        if (!sending.IsCopy && world.Delivery.Retries.After(sending.Attempt) is { } pause)
        {
            world.Counts.Add("retried");
            world.Outbox.Plan(sending with
            {
                Due = world.NowMilliseconds + (long)pause.TotalMilliseconds,
                Attempt = sending.Attempt + 1,
                IsCorrupt = false,
            });
        }
    }

    /// <summary>Disables what has failed for too long.</summary>
    private static bool IsGivenUp(World world, Endpoint endpoint)
    {
        var now = world.Now(null);
        if (endpoint.Object.Hidden.Number("failing_since") is not { } since)
        {
            endpoint.Object.Hidden["failing_since"] = now;
            return false;
        }

        if (!endpoint.IsEnabled || now - since < world.Delivery.DisabledAfter.TotalSeconds)
        {
            return false;
        }

        endpoint.Object.Body["status"] = "disabled";
        return true;
    }
}
