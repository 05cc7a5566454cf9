using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;

namespace Holdfast.Simulator.Payments;

/// <summary>Where goods go: the same hash on payment intents, charges and Checkout.</summary>
internal static class Shippings
{
    public static readonly string[] Address = ["city", "country", "line1", "line2", "postal_code", "state"];

    /// <returns>Null when it was given empty.</returns>
    public static JsonObject? Read(Params asked, string name)
    {
        if (asked.Child(name) is not { } given)
        {
            return null;
        }

        var shipping = new JsonObject
        {
            ["address"] = null,
            ["carrier"] = null,
            ["name"] = null,
            ["phone"] = null,
            ["tracking_number"] = null,
        };
        given.SetHash(shipping, "address", Address);
        given.Set(shipping, "carrier", "name", "phone", "tracking_number");
        return shipping;
    }
}
