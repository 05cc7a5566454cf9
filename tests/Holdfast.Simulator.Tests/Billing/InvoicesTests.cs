using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Tests.Billing;

public sealed class InvoicesTests
{
    [Fact]
    public async Task A_draft_with_what_was_pending_is_finalized_and_paid_in_one_call()
    {
        await using var shop = await Shop.OpenAsync();
        await ItemAsync(shop, 2000);
        var draft = await DraftAsync(shop, "pending_invoice_items_behavior=include");
        var before = shop.Told.Length;

        var paid = await shop.Box.PostAsync($"/v1/invoices/{draft.Id()}/pay");

        Assert.Equal(("draft", 2000), (draft.Text("status"), draft.Number("amount_due")));
        Assert.Equal(("paid", 2000), (paid.Text("status"), paid.Number("amount_paid")));
        Assert.Matches("^[0-9A-Z]{8}-0001$", paid.Text("number"));
        Assert.Equal("invoice.finalized", shop.ToldSince(before)[0]);
        var payments = await shop.Box.GetAsync("/v1/invoice_payments", $"invoice={draft.Id()}");
        Assert.Equal(2000, payments.Number("data.0.amount_paid"));
    }

    [Fact]
    public async Task A_declined_payment_is_a_card_error_and_leaves_the_invoice_open()
    {
        await using var shop = await Shop.OpenAsync("pm_card_chargeCustomerFail");
        await ItemAsync(shop, 2000);
        var draft = await DraftAsync(shop, "pending_invoice_items_behavior=include");

        var error = await shop.Box.RefusedAsync(402, "POST", $"/v1/invoices/{draft.Id()}/pay");

        Assert.Equal(("card_error", "card_declined"), (error.Text("type"), error.Text("code")));
        var open = await shop.Box.GetAsync($"/v1/invoices/{draft.Id()}");
        Assert.Equal(("open", 1), (open.Text("status"), open.Number("attempt_count")));
        Assert.Contains("invoice.payment_failed", shop.Told);
    }

    [Fact]
    public async Task Without_being_asked_to_it_takes_no_pending_items()
    {
        await using var shop = await Shop.OpenAsync();
        await ItemAsync(shop, 2000);

        var draft = await DraftAsync(shop);

        Assert.Equal(0, draft.Number("amount_due"));
        Assert.Single((await shop.Box.GetAsync("/v1/invoiceitems", "pending=true"))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_item_of_a_draft_can_be_changed_and_taken_out()
    {
        await using var shop = await Shop.OpenAsync();
        var draft = await DraftAsync(shop);
        var item = await ItemAsync(shop, 700, $"invoice={draft.Id()}");

        await shop.Box.PostAsync($"/v1/invoiceitems/{item.Id()}", "amount=900");
        Assert.Equal(900, (await shop.Box.GetAsync($"/v1/invoices/{draft.Id()}")).Number("total"));
        await shop.Box.DeleteAsync($"/v1/invoiceitems/{item.Id()}");

        var empty = await shop.Box.GetAsync($"/v1/invoices/{draft.Id()}");
        Assert.Equal(0, empty.Number("total"));
        Assert.Empty((await shop.Box.GetAsync($"/v1/invoices/{draft.Id()}/lines"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Only_an_open_one_can_be_voided_or_given_up_and_only_a_draft_finalized_or_deleted()
    {
        await using var shop = await Shop.OpenAsync();
        await ItemAsync(shop, 2000);
        var invoice = (await DraftAsync(shop, "pending_invoice_items_behavior=include")).Id();

        await shop.Box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice}/void");
        Assert.Equal("open", (await shop.Box.PostAsync($"/v1/invoices/{invoice}/finalize")).Text("status"));
        await shop.Box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice}/finalize");
        await shop.Box.RefusedAsync(400, "DELETE", $"/v1/invoices/{invoice}");
        var lost = await shop.Box.PostAsync($"/v1/invoices/{invoice}/mark_uncollectible");
        Assert.Equal(("uncollectible", "user_forgiven"),
            (lost.Text("status"), lost.Text("status_details.uncollectible.reason")));
        Assert.Equal("void", (await shop.Box.PostAsync($"/v1/invoices/{invoice}/void")).Text("status"));
        Assert.Equal("canceled", (await shop.Box.GetAsync("/v1/invoice_payments")).Text("data.0.status"));
        await shop.Box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice}/pay");
    }

    [Fact]
    public async Task A_draft_that_advances_by_itself_is_paid_an_hour_later()
    {
        await using var shop = await Shop.OpenAsync();
        await ItemAsync(shop, 2000);
        var draft = await DraftAsync(shop, "pending_invoice_items_behavior=include", "auto_advance=true");

        await shop.AdvanceAsync(Shop.Hour);

        Assert.Equal("paid", (await shop.Box.GetAsync($"/v1/invoices/{draft.Id()}")).Text("status"));
    }

    [Fact]
    public async Task A_deleted_draft_gives_its_items_free()
    {
        await using var shop = await Shop.OpenAsync();
        await ItemAsync(shop, 2000);
        var draft = await DraftAsync(shop, "pending_invoice_items_behavior=include");

        await shop.Box.DeleteAsync($"/v1/invoices/{draft.Id()}");

        await shop.Box.RefusedAsync(404, "GET", $"/v1/invoices/{draft.Id()}");
        Assert.Equal(2000, (await DraftAsync(shop, "pending_invoice_items_behavior=include")).Number("total"));
    }

    [Theory]
    [InlineData("percent_off=25", "duration=once", new long[] { 1125, 1500, 1500 })]
    [InlineData("amount_off=500", "duration=forever", new long[] { 1000, 1000, 1000 })]
    [InlineData("percent_off=50", "duration=repeating", new long[] { 750, 750, 1500 })]
    public async Task A_coupon_works_as_long_as_it_says(string worth, string duration, long[] totals)
    {
        await using var shop = await Shop.OpenAsync();
        string[] more = [
            .. duration is "duration=repeating" ? ["duration_in_months=2"] : (string[])[],
            .. worth.StartsWith("amount", StringComparison.Ordinal) ? ["currency=usd"] : (string[])[]];
        var coupon = await shop.Box.PostAsync("/v1/coupons", [worth, duration, .. more]);
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), $"discounts[0][coupon]={coupon.Id()}");

        await shop.AdvanceAsync(31 * Shop.Day);
        await shop.AdvanceAsync(28 * Shop.Day);

        Assert.Equal(totals, (await shop.InvoicesAsync(subscription)).Select(invoice => invoice.Number("total")!.Value));
        Assert.Equal(1, (await shop.Box.GetAsync($"/v1/coupons/{coupon.Id()}")).Number("times_redeemed"));
        Assert.Contains("customer.discount.created", shop.Told);
        Assert.Equal(duration is not "duration=forever", shop.Told.Contains("customer.discount.deleted"));
    }

    [Fact]
    public async Task An_invoice_with_a_discount_of_its_own_does_not_use_up_the_customers()
    {
        await using var box = await Support.Box.OpenAsync(new() { Version = Versions.ApiVersion.Of("2024-06-20") });
        await box.PostAsync("/v1/coupons", "id=HALF", "percent_off=50");
        var customer = (await box.PostAsync("/v1/customers", "coupon=HALF")).Id();

        Assert.Equal(900, await InvoiceAsync("discounts[0][coupon]=HALF"));
        Assert.Equal("HALF", (await box.GetAsync($"/v1/customers/{customer}")).Text("discount.coupon.id"));
        Assert.Equal(900, await InvoiceAsync());
        Assert.Null((await box.GetAsync($"/v1/customers/{customer}"))["discount"]);
        Assert.Equal(1800, await InvoiceAsync());

        async Task<long?> InvoiceAsync(params string[] more)
        {
            await box.PostAsync("/v1/invoiceitems", $"customer={customer}", "amount=1800", "currency=usd");
            var draft = await box.PostAsync(
                "/v1/invoices", [$"customer={customer}", "pending_invoice_items_behavior=include", .. more]);
            return (await box.PostAsync($"/v1/invoices/{draft.Id()}/finalize")).Number("amount_due");
        }
    }

    [Fact]
    public async Task A_code_works_for_whom_and_how_often_it_may()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync("/v1/coupons", "id=TENTH", "percent_off=10");
        var code = await shop.Box.PostAsync("/v1/promotion_codes", "promotion[type]=coupon", "promotion[coupon]=TENTH",
            "code=FALL", "max_redemptions=1");
        await shop.Box.RefusedAsync(400, "POST", "/v1/promotion_codes", "promotion[type]=coupon",
            "promotion[coupon]=TENTH", "code=fall");
        var price = await shop.PriceAsync(1500);

        var subscription = await shop.SubscribeAsync(price, $"discounts[0][promotion_code]={code.Id()}");

        Assert.Equal(1350, (await shop.InvoiceAsync(subscription)).Number("total"));
        Assert.Equal("false", (await shop.Box.GetAsync($"/v1/promotion_codes/{code.Id()}")).Text("active"));
        await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={price}", $"discounts[0][promotion_code]={code.Id()}");
        await shop.Box.DeleteAsync("/v1/coupons/TENTH");
        await shop.Box.RefusedAsync(404, "GET", "/v1/coupons/TENTH");
    }

    [Theory]
    [InlineData("percent_off=101")]
    [InlineData("percent_off=10", "amount_off=5")]
    [InlineData("duration=once")]
    [InlineData("percent_off=10", "duration=repeating")]
    [InlineData("percent_off=10", "duration=for a while")]
    [InlineData("amount_off=10")]
    public async Task A_coupon_that_makes_no_sense_is_refused(params string[] fields)
    {
        await using var box = await Support.Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/coupons", fields);

        Assert.Equal("invalid_request_error", error.Text("type"));
        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task Money_in_no_known_state_is_refused()
    {
        await using var shop = await Shop.OpenAsync();
        var once = (await shop.Box.PostAsync(
            "/v1/prices", "currency=usd", "unit_amount=5", "product_data[name]=Thing")).Id();

        await shop.Box.RefusedAsync(
            400, "POST", "/v1/subscriptions", $"customer={shop.Customer}", $"items[0][price]={once}");
        await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}");
        await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", "customer=cus_nobody", $"items[0][price]={once}");
        await shop.Box.RefusedAsync(400, "POST", "/v1/invoiceitems", $"customer={shop.Customer}", "amount=5");
        await shop.Box.RefusedAsync(
            400, "POST", "/v1/invoices", $"customer={shop.Customer}", "collection_method=send_invoice");
        var error = await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={await shop.PriceAsync(5)}", "billing_thresholds[amount_gte]=7");
        Assert.Equal("parameter_unknown", error.Text("code"));
    }

    [Fact]
    public async Task A_plan_is_a_price_seen_the_old_way()
    {
        await using var box = await Support.Box.OpenAsync();

        var plan = await box.PostAsync("/v1/plans", "amount=900", "currency=usd", "interval=month", "product[name]=Gold");

        Assert.Equal(["product.created", "price.created", "plan.created"], box.Told);
        Assert.Equal(900, (await box.GetAsync($"/v1/prices/{plan.Id()}")).Number("unit_amount"));
        Assert.Equal(900, (await box.GetAsync("/v1/plans")).Number("data.0.amount"));
        await box.PostAsync($"/v1/plans/{plan.Id()}", "nickname=gold");
        Assert.Contains("plan.updated", box.Told);
        await box.DeleteAsync($"/v1/plans/{plan.Id()}");
        await box.RefusedAsync(404, "GET", $"/v1/plans/{plan.Id()}");
    }

    private static Task<JsonObject> ItemAsync(Shop shop, long amount, params string[] more) => shop.Box.PostAsync(
        "/v1/invoiceitems", [$"customer={shop.Customer}", $"amount={amount}", "currency=usd", .. more]);

    private static Task<JsonObject> DraftAsync(Shop shop, params string[] more) =>
        shop.Box.PostAsync("/v1/invoices", [$"customer={shop.Customer}", .. more]);
}
