using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Events;

/// <summary>
/// What a fact is called where events are thin: its own name with <c>v1.</c> before it, and for some what it means in
/// particular. https://docs.stripe.com/api/v2/core/events
/// </summary>
internal static class ThinTwins
{
    private const string Subscription = "v1.customer.subscription.";

    /// <summary>Statuses that a subscription's coming to has a name of its own for.</summary>
    private static readonly string[] Statuses =
        ["active", "trialing", "incomplete", "incomplete_expired", "past_due", "unpaid"];

    public static IReadOnlyList<string> Of(StripeEvent told) => told.Type switch
    {
        _ when told.IsOnlyThin => [told.Type],
        "customer.subscription.created" or "customer.subscription.updated" => [$"v1.{told.Type}", .. OfSubscription(told)],
        "price.updated" when Now(told).Flag("active") && Before(told) is { } before && !before.Flag("active") =>
            ["v1.price.updated", "v1.price.activated"],
        _ => [$"v1.{told.Type}"],
    };

    private static IEnumerable<string> OfSubscription(StripeEvent told)
    {
        var (now, before) = (Now(told), Before(told));
        if (now.Text("status") is { } status && status != before?.Text("status") && Statuses.Contains(status))
        {
            yield return Subscription + status;
        }

        if (before is null)
        {
            yield break;
        }

        if (Differs(now, before, "cancel_at"))
        {
            yield return Subscription + "cancel_at_changed";
        }

        if (Differs(now, before, "default_payment_method"))
        {
            yield return Subscription + "default_payment_method_changed";
        }

        foreach (var change in OfItems(now, before).Distinct())
        {
            yield return Subscription + change;
        }
    }

    private static IEnumerable<string> OfItems(JsonObject now, JsonObject before)
    {
        foreach (var item in now.Objects("items"))
        {
            if (before.Objects("items").FirstOrDefault(old => old.Text("id") == item.Text("id")) is not { } same)
            {
                yield return "item_added";
                continue;
            }

            if (Differs(item, same, "price.id"))
            {
                yield return "item_price_changed";
            }

            if (Differs(item, same, "quantity"))
            {
                yield return "item_quantity_changed";
            }
        }

        if (before.Objects("items").Any(old => now.Objects("items").All(item => item.Text("id") != old.Text("id"))))
        {
            yield return "item_removed";
        }
    }

    private static bool Differs(JsonObject now, JsonObject before, string path) =>
        !JsonNode.DeepEquals(now.At(path), before.At(path));

    private static JsonObject Now(StripeEvent told) => (JsonObject)JsonNode.Parse(told.Body)!;

    private static JsonObject? Before(StripeEvent told) =>
        told.Before is null ? null : (JsonObject)JsonNode.Parse(told.Before)!;
}
