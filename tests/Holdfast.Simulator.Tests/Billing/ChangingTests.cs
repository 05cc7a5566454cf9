using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Tests.Billing;

public sealed class ChangingTests
{
    private const long Month = 31 * Shop.Day;

    [Fact]
    public async Task An_upgrade_half_way_charges_half_the_difference_with_the_next_invoice()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        await shop.AdvanceAsync(Month / 2);
        var before = shop.Told.Length;

        await ChangeAsync(shop, subscription, await shop.PriceAsync(3000));

        Assert.Equal(2, shop.ToldSince(before).Count(type => type is "invoiceitem.created"));
        var told = shop.Box.LastOf("customer.subscription.updated").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal(1000, told.Number("data.previous_attributes.items.data.0.price.unit_amount"));
        await shop.AdvanceAsync((Month / 2) + Shop.Hour);
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal([3000, -500, 1500], Lines(invoice).Select(line => line.Number("amount")!.Value));
        Assert.Equal((4000, "paid"), (invoice.Number("total"), invoice.Text("status")));
        Assert.Equal("true", invoice.Text("lines.data.1.parent.subscription_item_details.proration"));
        Assert.NotNull(invoice.Text(
            "lines.data.1.parent.subscription_item_details.proration_details.credited_items.invoice"));
    }

    [Fact]
    public async Task With_always_invoice_the_rest_is_paid_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        await shop.AdvanceAsync(Month / 2);

        await ChangeAsync(shop, subscription, await shop.PriceAsync(3000), "proration_behavior=always_invoice");

        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((1000, "paid", "subscription_update"),
            (invoice.Number("amount_paid"), invoice.Text("status"), invoice.Text("billing_reason")));
    }

    [Fact]
    public async Task Without_proration_only_the_next_period_costs_more()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        await shop.AdvanceAsync(Month / 2);

        await ChangeAsync(shop, subscription, await shop.PriceAsync(3000), "proration_behavior=none");
        await shop.AdvanceAsync(Month / 2);

        Assert.Equal(
            [1000, 3000], (await shop.InvoicesAsync(subscription)).Select(invoice => invoice.Number("total")!.Value));
    }

    [Theory]
    [InlineData(1, 5, 7)]
    [InlineData(3, 2, 13)]
    [InlineData(10, 1, 30)]
    [InlineData(1, 99, 0)]
    public async Task A_new_quantity_pays_its_fraction_of_what_is_left(long from, long to, int day)
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(999), $"items[0][quantity]={from}");
        if (day > 0)
        {
            await shop.AdvanceAsync(day * Shop.Day);
        }

        await shop.Box.PostAsync($"/v1/subscription_items/{subscription.Text("items.data.0.id")}",
            $"quantity={to}", "proration_behavior=always_invoice");

        var invoice = await shop.InvoiceAsync(subscription);
        var left = (31m - day) / 31;
        Assert.Equal(Rounded(999 * to * left) - Rounded(999 * from * left), invoice.Number("total"));
        Assert.Equal(to, (await shop.SubscriptionAsync(subscription)).Number("items.data.0.quantity"));
    }

    [Fact]
    public async Task Another_interval_begins_a_new_period_and_pays_it_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        await shop.AdvanceAsync(Month / 2);

        var changed = await ChangeAsync(shop, subscription, await shop.PriceAsync(10_000, "year"));

        Assert.Equal(shop.Now, changed.Number("billing_cycle_anchor"));
        Assert.Equal(shop.Now + (365 * Shop.Day), changed.Number("items.data.0.current_period_end"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((9500, "paid"), (invoice.Number("total"), invoice.Text("status")));
    }

    [Fact]
    public async Task A_second_item_comes_and_goes()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));

        var item = await shop.Box.PostAsync(
            "/v1/subscription_items", $"subscription={subscription.Id()}", $"price={await shop.PriceAsync(200)}",
            "quantity=3");
        var both = await shop.SubscriptionAsync(subscription);
        await shop.Box.DeleteAsync($"/v1/subscription_items/{item.Id()}");
        var one = await shop.SubscriptionAsync(subscription);

        Assert.Equal(3, item.Number("quantity"));
        Assert.Equal((2, 1), (both["items"]!["data"]!.AsArray().Count, one["items"]!["data"]!.AsArray().Count));
        var refused = await shop.Box.RefusedAsync(
            400, "DELETE", $"/v1/subscription_items/{one.Text("items.data.0.id")}");
        Assert.Equal("invalid_request_error", refused.Text("type"));
    }

    [Fact]
    public async Task An_upgrade_that_cannot_be_paid_makes_it_past_due_or_is_refused()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        var (dear, dearer) = (await shop.PriceAsync(3000), await shop.PriceAsync(9000));
        await shop.UseCardAsync("pm_card_chargeCustomerFail");
        var item = subscription.Text("items.data.0.id");

        var error = await shop.Box.RefusedAsync(402, "POST", $"/v1/subscriptions/{subscription.Id()}",
            $"items[0][id]={item}", $"items[0][price]={dear}", "proration_behavior=always_invoice",
            "payment_behavior=error_if_incomplete");
        Assert.Equal("card_declined", error.Text("code"));
        var held = await shop.SubscriptionAsync(subscription);
        Assert.Equal((1000, "active"), (held.Number("items.data.0.price.unit_amount"), held.Text("status")));

        var changed = await ChangeAsync(shop, subscription, dearer, "proration_behavior=always_invoice");
        Assert.Equal("past_due", changed.Text("status"));
    }

    [Fact]
    public async Task A_preview_shows_what_would_come_and_leaves_no_trace()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1000));
        var dear = await shop.PriceAsync(3000);
        await shop.AdvanceAsync(Month / 2);
        var before = Canonical.Of(shop.Box.World);

        var preview = await shop.Box.PostAsync("/v1/invoices/create_preview", $"subscription={subscription.Id()}",
            $"subscription_details[items][0][id]={subscription.Text("items.data.0.id")}",
            $"subscription_details[items][0][price]={dear}");

        Assert.Equal([3000, -500, 1500], Lines(preview).Select(line => line.Number("amount")!.Value));
        Assert.Equal(before, Canonical.Of(shop.Box.World));
        var none = await shop.Box.PostAsync("/v1/customers");
        var error = await shop.Box.RefusedAsync(404, "POST", "/v1/invoices/create_preview", $"customer={none.Id()}");
        Assert.Equal("invoice_upcoming_none", error.Text("code"));
    }

    [Fact]
    public async Task Every_invoice_is_the_sum_of_its_lines_less_its_discounts()
    {
        var chance = new State.Chance(7);
        await using var shop = await Shop.OpenAsync();
        var coupon = (await shop.Box.PostAsync("/v1/coupons", "percent_off=33.3", "duration=forever")).Id();
        var off = (await shop.Box.PostAsync("/v1/coupons", "amount_off=777", "currency=usd", "duration=forever")).Id();
        string[] prices = [await shop.PriceAsync(333), await shop.PriceAsync(1999), await shop.PriceAsync(7)];
        var subscription = await shop.SubscribeAsync(prices[0], $"items[1][price]={prices[2]}", "items[1][quantity]=77",
            $"discounts[0][coupon]={coupon}", $"discounts[1][coupon]={off}");

        for (var i = 0; i < 40; i++)
        {
            await shop.AdvanceAsync(chance.Below(20 * (int)Shop.Day) + 1);
            await shop.Box.PostAsync($"/v1/subscription_items/{subscription.Text("items.data.0.id")}",
                $"quantity={chance.Below(20) + 1}", $"price={prices[chance.Below(2)]}",
                $"proration_behavior={chance.Pick((string[])["always_invoice", "create_prorations", "none"])}");
        }

        Assert.All(await shop.InvoicesAsync(subscription), invoice =>
        {
            var lines = Lines(invoice).ToArray();
            var cuts = lines.Sum(line => line["discount_amounts"]!.AsArray().Sum(cut => (long)cut!["amount"]!));
            Assert.Equal(invoice.Number("subtotal"), lines.Sum(line => line.Number("amount")));
            Assert.Equal(invoice.Number("total"), invoice.Number("subtotal") - cuts);
            Assert.Equal(cuts, invoice["total_discount_amounts"]!.AsArray().Sum(cut => (long)cut!["amount"]!));
            Assert.Equal(
                invoice.Number("total") + invoice.Number("starting_balance"),
                invoice.Number("amount_due") + (invoice.Number("ending_balance") ?? 0));
        });
    }

    private static IEnumerable<JsonObject> Lines(JsonObject invoice) =>
        invoice["lines"]!["data"]!.AsArray().OfType<JsonObject>();

    private static long Rounded(decimal amount) => (long)decimal.Round(amount, MidpointRounding.AwayFromZero);

    private static Task<JsonObject> ChangeAsync(Shop shop, JsonObject subscription, string price, params string[] more) =>
        shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}",
            [$"items[0][id]={subscription.Text("items.data.0.id")}", $"items[0][price]={price}", .. more]);
}
