using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>What a subscription owes for the period it is in.</summary>
internal static class PeriodLines
{
    /// <param name="isPartial">The period ends where the first whole one begins: it costs its part.</param>
    public static IReadOnlyList<JsonObject> Of(World world, StripeObject subscription, bool isPartial = false) =>
        [.. subscription.Body.Objects("items").Select(item => Of(world, subscription, item, isPartial))];

    /// <summary>The invoice of these lines and of what has gathered since the last one.</summary>
    public static InvoiceTerms Invoice(
        Operation operation, StripeObject subscription, string reason, IReadOnlyList<JsonObject> lines)
    {
        var customer = operation.World.Find(Customers.Type, subscription.Text("customer"))!;
        var currency = subscription.Text("currency")!;
        return new InvoiceTerms(customer, currency, reason)
        {
            AutoAdvance = true,
            CollectionMethod = subscription.Text("collection_method")!,
            DaysUntilDue = subscription.Body.Number("days_until_due"),
            Items = InvoiceItems.Pending(operation.World, customer.Id, currency, subscription.Id),
            Lines = lines,
            Subscription = subscription,
        };
    }

    private static JsonObject Of(World world, StripeObject subscription, JsonObject item, bool isPartial)
    {
        var (price, quantity) = (item.Child("price")!, item.Number("quantity") ?? 1);
        var name = world.Find(Products.Type, price.Text("product"))?.Text("name");
        if (subscription.Status is "trialing")
        {
            return InvoiceLines.OfPeriod(world, item, 0, $"Trial period for {name}");
        }

        var amount = Money.Of(price, quantity);
        if (isPartial)
        {
            var (start, end) = (item.Number("current_period_start")!.Value, item.Number("current_period_end")!.Value);
            var whole = Cycle.Of(end, price).Around(start);
            amount = amount * (end - start) / (whole.End - whole.Start);
        }

        var each = Money.Show(Money.UnitOf(price), price.Text("currency")!);
        return InvoiceLines.OfPeriod(world, item, Money.Round(amount), string.Create(
            CultureInfo.InvariantCulture, $"{quantity} × {name} (at {each} / {Rhythm(price)})"));
    }

    private static string Rhythm(JsonObject price) => price.Number("recurring.interval_count") is { } count and > 1
        ? string.Create(CultureInfo.InvariantCulture, $"every {count} {price.Text("recurring.interval")}s")
        : price.Text("recurring.interval") ?? "";
}
