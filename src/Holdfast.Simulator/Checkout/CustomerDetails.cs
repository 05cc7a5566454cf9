using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>What a Checkout session knows of its customer: little at first, all when it is complete.</summary>
internal static class CustomerDetails
{
    public static JsonObject Of(string? email, string? name, JsonObject? address) => new()
    {
        ["address"] = address?.Copy(),
        ["business_name"] = null,
        ["email"] = email,
        ["individual_name"] = null,
        ["name"] = name,
        ["phone"] = null,
        ["tax_exempt"] = "none",
        ["tax_ids"] = null,
    };

    /// <summary>As it stands once the customer has filled in the page.</summary>
    public static JsonObject Filled(string email, StripeObject? method)
    {
        var address = method?.Body.Child("billing_details.address") ?? EmptyAddress();
        var details = Of(email, method?.Text("billing_details.name"), address);
        details["phone"] = method?.Text("billing_details.phone");
        details["tax_ids"] = new JsonArray();
        return details;
    }

    private static JsonObject EmptyAddress() => new()
    {
        ["city"] = null,
        ["country"] = "US",
        ["line1"] = null,
        ["line2"] = null,
        ["postal_code"] = "94103",
        ["state"] = null,
    };
}
