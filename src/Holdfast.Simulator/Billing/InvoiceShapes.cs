using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// How an invoice looked to older versions of the API. https://docs.stripe.com/changelog/basil and, before that,
/// https://docs.stripe.com/upgrades.
/// </summary>
internal static class InvoiceShapes
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        new(ApiVersion.Of("2026-09-30.endive"), (_, body) => body.Remove("status_details")),
        new(ApiVersion.Of("2026-05-27"), (_, body) => body.Remove("amount_paid_off_stripe")),
        new(ApiVersion.Of("2025-12-15"), (_, body) => body.Remove("customer_account")),
        new(ApiVersion.Basil, BeforeBasil),
        new(ApiVersion.Of("2019-10-17"), BeforeCollectionMethod),
        new(ApiVersion.Of("2019-03-14"), BeforeStatusTransitions),
    ];

    private static void BeforeBasil(World world, JsonObject body)
    {
        var details = body.Child("parent.subscription_details");
        body["application_fee_amount"] = null;
        body["charge"] = body.Text("_charge");
        body["discount"] = Discounts.LastOf(world, body);
        body["paid"] = body.Text("status") is "paid";
        body["paid_out_of_band"] = body.Flag("_out_of_band");
        body["payment_intent"] = body.Text("_payment_intent");
        body["quote"] = null;
        body["subscription"] = details?.Text("subscription");
        body["subscription_details"] = new JsonObject { ["metadata"] = details?.Child("metadata")?.Copy() };
        if (details?.Number("subscription_proration_date") is { } date)
        {
            body["subscription_proration_date"] = date;
        }

        body["tax"] = null;
        body["total_tax_amounts"] = new JsonArray();
        body["transfer_data"] = null;
        body.Child("lines")!["total_count"] = body.Items("lines").Count;
        foreach (var name in (ReadOnlySpan<string>)["parent", "amount_overpaid", "total_taxes"])
        {
            body.Remove(name);
        }
    }

    private static void BeforeCollectionMethod(World world, JsonObject body)
    {
        body["billing"] = body.Text("collection_method");
        body["tax_percent"] = null;
    }

    private static void BeforeStatusTransitions(World world, JsonObject body)
    {
        body["application_fee"] = null;
        body["date"] = body.Number("created");
        body["finalized_at"] = body.Number("status_transitions.finalized_at");
    }
}
