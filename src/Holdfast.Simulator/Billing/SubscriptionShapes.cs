using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>How a subscription looked to older versions of the API. https://docs.stripe.com/changelog</summary>
internal static class SubscriptionShapes
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        new(ApiVersion.Of("2026-09-30.endive"), (_, body) => body.Remove("status_details")),
        new(ApiVersion.Of("2026-03-25.dahlia"), (_, body) =>
        {
            body.Remove("billing_schedules");
            body.Remove("managed_payments");
            body.Child("cancellation_details")?.Remove("feedback_option");
            body.Child("trial_settings.end_behavior")?.Remove("billing_cycle_anchor");
        }),
        new(ApiVersion.Of("2025-12-15.clover"), (_, body) => body.Remove("customer_account")),
        new(ApiVersion.Of("2025-06-30.basil"), (_, body) => body.Remove("billing_mode")),
        new(ApiVersion.Basil, BeforeBasil),
        new(ApiVersion.Of("2019-10-17"), BeforeCollectionMethod),
    ];

    private static void BeforeBasil(World world, JsonObject body)
    {
        JsonObject[] items = [.. body.Objects("items")];
        body["current_period_end"] = items.Max(item => item.Number("current_period_end"));
        body["current_period_start"] = items.Max(item => item.Number("current_period_start"));
        body["discount"] = Discounts.LastOf(world, body);
        body["plan"] = items is [var only] ? only.Child("plan")?.Copy() : null;
        body["quantity"] = items is [var one] ? one.Number("quantity") : null;
        body.Child("items")!["total_count"] = items.Length;
    }

    private static void BeforeCollectionMethod(World world, JsonObject body)
    {
        body["billing"] = body.Text("collection_method");
        body["start"] = body.Number("start_date");
        body["tax_percent"] = null;
    }
}
