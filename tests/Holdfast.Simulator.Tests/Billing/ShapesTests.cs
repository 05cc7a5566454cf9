using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>What older versions of the API see of billing.</summary>
public sealed class ShapesTests
{
    [Fact]
    public async Task Before_basil_a_subscription_has_its_period_and_plan_itself()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));

        var old = await ReadAsync(shop, $"/v1/subscriptions/{subscription.Id()}", "2024-06-20");

        Assert.Equal(Shop.Start, old.Number("current_period_start"));
        Assert.Equal(Shop.Start + (31 * Shop.Day), old.Number("current_period_end"));
        Assert.Equal(1500, old.Number("plan.amount"));
        Assert.Null(old.At("items.data.0.current_period_end"));
        Assert.False(old.ContainsKey("billing_mode"));
        Assert.False(subscription.ContainsKey("current_period_end"));
        var oldest = await ReadAsync(shop, $"/v1/subscriptions/{subscription.Id()}", "2019-05-16");
        Assert.Equal("charge_automatically", oldest.Text("billing"));
    }

    [Fact]
    public async Task Before_basil_an_invoice_names_its_payment_itself()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var invoice = await shop.InvoiceAsync(subscription);

        var old = await ReadAsync(
            shop, $"/v1/invoices/{invoice.Id()}", "2025-02-24.acacia", "expand[]=payment_intent&expand[]=charge");

        Assert.Equal(("succeeded", "succeeded"), (old.Text("payment_intent.status"), old.Text("charge.status")));
        Assert.Equal(("true", "false"), (old.Text("paid"), old.Text("paid_out_of_band")));
        Assert.Equal(subscription.Id(), old.Text("subscription"));
        Assert.Equal(("subscription", "false"), (old.Text("lines.data.0.type"), old.Text("lines.data.0.proration")));
        Assert.Equal(1500, old.Number("lines.data.0.price.unit_amount"));
        Assert.Equal(1500, old.Number("lines.data.0.plan.amount"));
        Assert.False(old.ContainsKey("parent"));
        Assert.False(invoice.ContainsKey("payment_intent"));
        Assert.DoesNotContain(invoice, field => field.Key.StartsWith('_'));
    }

    [Fact]
    public async Task An_old_event_of_a_draft_knows_of_no_payment_yet()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SubscribeAsync(await shop.PriceAsync(1500));

        var drafted = Show(shop, "invoice.created", "2024-06-20");
        var paid = Show(shop, "invoice.paid", "2024-06-20");

        Assert.Equal(("draft", null), (drafted.Text("data.object.status"), drafted.Text("data.object.payment_intent")));
        Assert.NotNull(paid.Text("data.object.charge"));
        Assert.Equal("open", Show(shop, "invoice.finalized", "2024-06-20").Text("data.object.status"));
    }

    [Fact]
    public async Task Since_clover_a_discount_names_its_coupon_by_its_source()
    {
        await using var shop = await Shop.OpenAsync();
        var coupon = await shop.Box.PostAsync("/v1/coupons", "percent_off=25", "duration=forever", "id=QUARTER");
        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), "discounts[0][coupon]=QUARTER", "expand[]=discounts");
        Assert.Equal(coupon.Id(), subscription.Text("discounts.0.source.coupon"));

        var clover = await ReadAsync(
            shop, $"/v1/subscriptions/{subscription.Id()}", "2025-08-27.basil", "expand[]=discounts");
        var acacia = await ReadAsync(shop, $"/v1/subscriptions/{subscription.Id()}", "2024-06-20");

        Assert.Equal("25", clover.Text("discounts.0.coupon.percent_off"));
        Assert.Equal("QUARTER", acacia.Text("discount.coupon.id"));
    }

    [Fact]
    public async Task Before_basil_a_pending_item_bears_its_price()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.AdvanceAsync(Shop.Day);
        await shop.Box.PostAsync($"/v1/subscription_items/{subscription.Text("items.data.0.id")}", "quantity=2");

        var item = (JsonObject)(await ReadAsync(shop, "/v1/invoiceitems", "2024-06-20")).At("data.0")!;

        Assert.Equal((1500, "true"), (item.Number("price.unit_amount"), item.Text("proration")));
        Assert.Equal(subscription.Id(), item.Text("subscription"));
        Assert.False(item.ContainsKey("parent"));
    }

    [Fact]
    public async Task The_old_way_to_the_next_invoice_still_leads_there()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SubscribeAsync(await shop.PriceAsync(1500));

        var next = await ReadAsync(shop, "/v1/invoices/upcoming", "2024-06-20", $"customer={shop.Customer}");

        Assert.Equal(1500, next.Number("amount_due"));
    }

    private static JsonObject Show(Shop shop, string type, string version) =>
        shop.Box.LastOf(type).Show(shop.Box.World, ApiVersion.Of(version));

    private static async Task<JsonObject> ReadAsync(Shop shop, string path, string version, string query = "")
    {
        var answer = await shop.Box.SendAsync(new ApiRequest("GET", path)
        {
            Key = "sk_test_of_the_tests",
            Query = query,
            Version = version,
        });
        Assert.True(answer.Status is 200, answer.Body);
        return answer.Json;
    }
}
