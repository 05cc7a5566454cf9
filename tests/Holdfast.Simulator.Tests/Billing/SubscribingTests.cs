using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Tests.Billing;

public sealed class SubscribingTests
{
    [Fact]
    public async Task A_subscription_paid_at_once_is_active_from_its_first_event_on()
    {
        await using var shop = await Shop.OpenAsync();
        var price = await shop.PriceAsync(1500);
        var before = shop.Told.Length;

        var subscription = await shop.SubscribeAsync(price, "items[0][quantity]=2");

        Assert.Equal("active", subscription.Text("status"));
        Assert.Equal(Shop.Start + (31 * Shop.Day), subscription.Number("items.data.0.current_period_end"));
        Assert.Equal(
        [
            "customer.subscription.created", "invoice.created", "invoice.finalized", "payment_intent.created",
            "charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded",
            "invoice.updated", "customer.updated", "invoice_payment.paid",
        ],
        shop.ToldSince(before));
        var told = shop.Box.LastOf("customer.subscription.created").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal("active", told.Text("data.object.status"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal("paid", invoice.Text("status"));
        Assert.Equal(3000, invoice.Number("amount_paid"));
        Assert.Equal("paid", invoice.Text("payments.data.0.status"));
    }
}
