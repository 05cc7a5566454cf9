using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>Trials and the card they wait for; anchors, and ends between two periods.</summary>
public sealed class TrialTests
{
    private const long Month = 31 * Shop.Day;

    [Fact]
    public async Task A_trial_without_a_card_waits_for_one_by_a_setup_intent()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=7",
            "payment_behavior=default_incomplete", "expand[]=pending_setup_intent");
        var setup = subscription.Text("pending_setup_intent.id");
        Assert.Equal("requires_payment_method", subscription.Text("pending_setup_intent.status"));
        Assert.Contains("setup_intent.created", shop.Told);

        await shop.Box.PostAsync($"/v1/setup_intents/{setup}/confirm", "payment_method=pm_card_visa");

        var ready = await shop.SubscriptionAsync(subscription);
        Assert.Null(ready["pending_setup_intent"]);
        Assert.NotNull(ready.Text("default_payment_method"));
        await shop.AdvanceAsync((7 * Shop.Day) + Shop.Hour);
        Assert.Equal("paid", (await shop.InvoiceAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task With_a_card_a_trial_waits_for_nothing()
    {
        await using var shop = await Shop.OpenAsync();

        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), "trial_period_days=7", "payment_behavior=default_incomplete");

        Assert.Null(subscription["pending_setup_intent"]);
    }

    [Fact]
    public async Task A_trial_ended_before_its_notice_is_noticed_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=14");
        var before = shop.Told.Length;

        await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "trial_end=now");

        Assert.Single(shop.ToldSince(before), "customer.subscription.trial_will_end");
        await shop.AdvanceAsync(14 * Shop.Day);
        Assert.Single(shop.ToldSince(before), "customer.subscription.trial_will_end");
    }

    [Fact]
    public async Task A_longer_trial_is_free_longer_and_noticed_before_its_new_end()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=7");
        var end = Shop.Start + (20 * Shop.Day);

        var longer = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", $"trial_end={end}");

        Assert.Equal(("trialing", Shop.Start, end),
            (longer.Text("status"), longer.Number("trial_start"), longer.Number("trial_end")));
        await shop.AdvanceAsync(16 * Shop.Day);
        Assert.Equal("trialing", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.DoesNotContain("customer.subscription.trial_will_end", shop.Told);
        await shop.AdvanceAsync(Shop.Day);
        Assert.Contains("customer.subscription.trial_will_end", shop.Told);
        await shop.AdvanceAsync((3 * Shop.Day) + Shop.Hour);
        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal(2, (await shop.InvoicesAsync(subscription)).Length);
    }

    [Fact]
    public async Task An_anchor_makes_the_first_period_its_part_of_a_whole_one()
    {
        await using var shop = await Shop.OpenAsync();
        var anchor = Shop.Start + (10 * Shop.Day);

        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(3100), $"billing_cycle_anchor={anchor}");

        Assert.Equal(1000, (await shop.InvoiceAsync(subscription)).Number("total"));
        Assert.Equal((Shop.Start, anchor), (subscription.Number("items.data.0.current_period_start"),
            subscription.Number("items.data.0.current_period_end")));
        await shop.AdvanceToAsync(anchor + Shop.Hour);
        Assert.Equal(3100, (await shop.InvoiceAsync(subscription)).Number("amount_paid"));
    }

    [Theory]
    [InlineData("create_prorations", -2100)]
    [InlineData("none", 0)]
    public async Task Ended_within_a_period_the_rest_is_given_back_unless_it_is_not_to_be(string prorates, long balance)
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(3100));
        await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}",
            $"cancel_at={Shop.Start + (10 * Shop.Day)}", $"proration_behavior={prorates}");

        await shop.AdvanceAsync(10 * Shop.Day);

        Assert.Equal("canceled", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal(balance, (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Number("balance"));
    }

    [Fact]
    public async Task A_customer_shows_subscriptions_and_sources_when_asked_to()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync($"/v1/customers/{shop.Customer}", "source=tok_visa");
        var over = await shop.SubscribeAsync(await shop.PriceAsync(900));
        await shop.Box.DeleteAsync($"/v1/subscriptions/{over.Id()}");
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));

        var plain = await shop.Box.GetAsync($"/v1/customers/{shop.Customer}");
        var shown = await shop.Box.GetAsync($"/v1/customers/{shop.Customer}", "expand[]=sources",
            "expand[]=subscriptions.data.latest_invoice");

        Assert.False(plain.ContainsKey("subscriptions") || plain.ContainsKey("sources"));
        Assert.Equal("card", shown.Text("sources.data.0.object"));
        Assert.Equal(subscription.Id(), Assert.Single(shown["subscriptions"]!["data"]!.AsArray())!["id"]!.ToString());
        Assert.Equal("paid", shown.Text("subscriptions.data.0.latest_invoice.status"));
        var old = await ReadAsync(shop, $"/v1/customers/{shop.Customer}", "2019-12-03");
        Assert.Equal((subscription.Id(), 1500),
            (old.Text("subscriptions.data.0.id"), old.Number("subscriptions.data.0.plan.amount")));
        Assert.Equal("card", old.Text("sources.data.0.object"));
    }

    [Fact]
    public async Task What_cannot_be_previewed_says_so()
    {
        await using var shop = await Shop.OpenAsync();
        var price = await shop.PriceAsync(1500);
        var subscription = await shop.SubscribeAsync(price);

        var another = await shop.Box.RefusedAsync(400, "POST", "/v1/invoices/create_preview",
            $"customer={shop.Customer}", $"subscription_details[items][0][price]={price}");
        await shop.Box.RefusedAsync(404, "GET", "/v1/invoices/upcoming", $"customer={shop.Customer}");
        await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "cancel_at_period_end=true");
        var ending = await shop.Box.RefusedAsync(
            404, "POST", "/v1/invoices/create_preview", $"subscription={subscription.Id()}");

        Assert.Equal(("simulator_unsupported", "invoice_upcoming_none"), (another.Text("code"), ending.Text("code")));
    }

    [Fact]
    public async Task A_code_for_first_orders_or_large_ones_is_refused_for_others()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync("/v1/coupons", "id=TENTH", "percent_off=10");
        var first = await CodeAsync(shop, "restrictions[first_time_transaction]=true");
        var large = await CodeAsync(shop, "restrictions[minimum_amount]=2000", "restrictions[minimum_amount_currency]=usd");
        var (small, big) = (await shop.PriceAsync(1500), await shop.PriceAsync(2000));

        await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={small}", $"discounts[0][promotion_code]={large}");
        await shop.SubscribeAsync(big, $"discounts[0][promotion_code]={large}");
        await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={small}", $"discounts[0][promotion_code]={first}");
    }

    [Fact]
    public async Task The_first_order_takes_a_code_for_first_orders()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync("/v1/coupons", "id=TENTH", "percent_off=10");
        var first = await CodeAsync(shop, "restrictions[first_time_transaction]=true");

        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), $"discounts[0][promotion_code]={first}");

        Assert.Equal(1350, (await shop.InvoiceAsync(subscription)).Number("amount_paid"));
    }

    [Fact]
    public async Task A_debit_can_pay_an_invoice_from_the_browser_unless_only_cards_may()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var price = await shop.PriceAsync(1500);
        var cards = await IntentAsync("payment_settings[payment_method_types][0]=card");
        var any = await IntentAsync();

        await shop.Box.RefusedAsync(
            400, "POST", $"/v1/payment_intents/{cards}/confirm", "payment_method=pm_usBankAccount_success");
        var submitted = await shop.Box.PostAsync(
            $"/v1/payment_intents/{any}/confirm", "payment_method=pm_usBankAccount_success");

        Assert.Equal("processing", submitted.Text("status"));

        async Task<string?> IntentAsync(params string[] more) => (await shop.SubscribeAsync(price,
            ["payment_behavior=default_incomplete", "expand[]=latest_invoice.payments", .. more]))
            .Text("latest_invoice.payments.data.0.payment.payment_intent");
    }

    [Fact]
    public async Task Nothing_is_left_planned_of_a_deleted_test_clock()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SubscribeAsync(await shop.PriceAsync(1500), "collection_method=send_invoice", "days_until_due=7");
        await shop.Box.PostAsync("/v1/coupons", "id=SPRING", "percent_off=10");
        await shop.AdvanceAsync(Shop.Hour);
        var clock = (await shop.Box.GetAsync("/v1/test_helpers/test_clocks")).Text("data.0.id");
        Assert.Contains(shop.Box.World.Timeline.All, due => due.Clock == clock);

        await shop.Box.DeleteAsync($"/v1/test_helpers/test_clocks/{clock}");

        Assert.DoesNotContain(shop.Box.World.Timeline.All, due => due.Clock == clock);
    }

    [Fact]
    public async Task Resumed_with_its_anchor_unchanged_it_pays_for_the_rest_of_the_period()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(3100));
        await shop.Box.PostAsync(
            $"/v1/subscriptions/{subscription.Id()}/pause", "bill_for[unused_time_from][type]=none");
        await shop.AdvanceAsync(10 * Shop.Day);

        var resumed = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}/resume",
            "billing_cycle_anchor=unchanged", "proration_behavior=always_invoice");

        Assert.Equal(("active", Shop.Start + Month),
            (resumed.Text("status"), resumed.Number("items.data.0.current_period_end")));
        Assert.Equal(2100, (await shop.InvoiceAsync(subscription)).Number("amount_paid"));
    }

    private static async Task<string> CodeAsync(Shop shop, params string[] more) => (await shop.Box.PostAsync(
        "/v1/promotion_codes", ["promotion[type]=coupon", "promotion[coupon]=TENTH", .. more])).Id();

    private static async Task<JsonObject> ReadAsync(Shop shop, string path, string version)
    {
        var answer = await shop.Box.SendAsync(new ApiRequest("GET", path) { Key = "sk_test_of_the_tests", Version = version });
        Assert.True(answer.Status is 200, answer.Body);
        return answer.Json;
    }
}
