using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// Credits for time that was paid and is not used, and debits for what is left of a period, to the second, as in
/// classic billing mode. https://docs.stripe.com/billing/subscriptions/prorations
/// </summary>
internal static class Proration
{
    public static void Credit(Operation operation, StripeObject subscription, JsonObject item, long at) =>
        Add(operation, subscription, item, at, -1, "Unused time on");

    public static void Debit(Operation operation, StripeObject subscription, JsonObject item, long at) =>
        Add(operation, subscription, item, at, 1, "Remaining time on");

    /// <summary>Pending prorations of a subscription that no invoice has taken yet.</summary>
    public static bool IsPending(World world, StripeObject subscription) => InvoiceItems
        .Pending(world, subscription.Text("customer")!, subscription.Text("currency")!, subscription.Id)
        .Any(item => item.Body.Flag("proration"));

    private static void Add(
        Operation operation, StripeObject subscription, JsonObject item, long at, int sign, string what)
    {
        var world = operation.World;
        var (start, end) = (item.Number("current_period_start") ?? 0, item.Number("current_period_end") ?? 0);
        var (price, quantity) = (item.Child("price")!, item.Number("quantity") ?? 1);
        var rest = end <= start ? 0 : (decimal)Math.Clamp(end - at, 0, end - start) / (end - start);
        var amount = Money.Round(Money.Of(price, quantity) * Kept(world, subscription) * rest);
        if (amount == 0)
        {
            return;
        }

        var customer = world.Find(Customers.Type, subscription.Text("customer"))!;
        var name = world.Find(Products.Type, price.Text("product"))?.Text("name");
        var day = DateTimeOffset.FromUnixTimeSeconds(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture);
        InvoiceItems.Make(operation, customer, new JsonObject
        {
            ["_credited"] = sign < 0 ? CreditedBy(world, subscription, item) : null,
            ["amount"] = sign * amount,
            ["currency"] = price.Text("currency"),
            ["description"] = quantity == 1
                ? $"{what} {name} after {day}"
                : string.Create(CultureInfo.InvariantCulture, $"{what} {quantity} × {name} after {day}"),
            ["discountable"] = false,
            ["parent"] = InvoiceItems.ParentOf(subscription.Id, item.Text("id")),
            ["period"] = new JsonObject { ["end"] = end, ["start"] = at },
            ["pricing"] = InvoiceLines.Pricing(price),
            ["proration"] = true,
            ["proration_details"] = new JsonObject
            {
                ["credited_items"] = null,
                ["discount_amounts"] = new JsonArray(),
            },
            ["quantity"] = quantity,
        });
    }

    /// <summary>What the subscription's percentages leave of an amount: a proration is net of them.</summary>
    private static decimal Kept(World world, StripeObject subscription) => Discounts.Of(world, subscription)
        .Select(discount => discount.Body.At("_coupon.percent_off")?.GetValue<decimal>() ?? 0)
        .Aggregate(1m, (kept, percent) => kept * (100 - percent) / 100);

    /// <summary>The line that had charged what is now given back.</summary>
    private static JsonObject? CreditedBy(World world, StripeObject subscription, JsonObject item)
    {
        foreach (var invoice in Invoices.Of(world, subscription).Reverse())
        {
            if (invoice.Body.Objects("lines").LastOrDefault(line => line.Number("amount") > 0
                && line.Text("parent.subscription_item_details.subscription_item") == item.Text("id")) is { } line)
            {
                return new JsonObject
                {
                    ["invoice"] = invoice.Id,
                    ["invoice_line_items"] = new JsonArray(line.Text("id")),
                };
            }
        }

        return null;
    }
}
