using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>How subscriptions begin, pause and end.</summary>
public sealed class LifeTests
{
    private const long Month = 31 * Shop.Day;

    [Fact]
    public async Task Unpaid_for_twenty_three_hours_it_expires_and_its_invoice_is_void()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "payment_behavior=default_incomplete");
        Assert.Equal("incomplete", subscription.Text("status"));
        await shop.AdvanceAsync((23 * Shop.Hour) - 1);
        Assert.Equal("incomplete", (await shop.SubscriptionAsync(subscription)).Text("status"));

        await shop.AdvanceAsync(1);

        Assert.Equal("incomplete_expired", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal("void", (await shop.InvoiceAsync(subscription)).Text("status"));
        Assert.Equal("void_invoice", (await shop.Box.GetAsync("/v1/payment_intents")).Text("data.0.cancellation_reason"));
        await shop.AdvanceAsync(58 * Shop.Day);
        Assert.Single(await shop.InvoicesAsync(subscription));
    }

    [Fact]
    public async Task Confirming_its_first_payment_makes_it_active()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "payment_behavior=default_incomplete",
            "payment_settings[save_default_payment_method]=on_subscription",
            "expand[]=latest_invoice.confirmation_secret", "expand[]=latest_invoice.payments");
        var secret = subscription.Text("latest_invoice.confirmation_secret.client_secret")!;
        var intent = subscription.Text("latest_invoice.payments.data.0.payment.payment_intent");
        Assert.StartsWith($"{intent}_secret_", secret, StringComparison.Ordinal);

        await shop.Box.PostAsync($"/v1/payment_intents/{intent}/confirm", "payment_method=pm_card_visa");

        var paid = await shop.SubscriptionAsync(subscription);
        Assert.Equal("active", paid.Text("status"));
        Assert.NotNull(paid.Text("default_payment_method"));
        var told = shop.Box.LastOf("customer.subscription.updated").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal("active", told.Text("data.object.status"));
    }

    [Fact]
    public async Task A_declined_first_payment_leaves_it_incomplete_or_nothing_at_all()
    {
        await using var shop = await Shop.OpenAsync("pm_card_chargeCustomerFail");
        var price = await shop.PriceAsync(1500);

        var refused = await shop.Box.RefusedAsync(402, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={price}", "payment_behavior=error_if_incomplete");
        Assert.Equal("card_error", refused.Text("type"));
        Assert.Empty((await shop.Box.GetAsync("/v1/invoices"))["data"]!.AsArray());

        var subscription = await shop.SubscribeAsync(price);
        Assert.Equal("incomplete", subscription.Text("status"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((1, "open"), (invoice.Number("attempt_count"), invoice.Text("status")));
        Assert.Null(invoice.Number("next_payment_attempt"));
    }

    [Fact]
    public async Task Without_a_payment_method_it_does_not_begin()
    {
        await using var shop = await Shop.OpenAsync(card: null);

        var error = await shop.Box.RefusedAsync(400, "POST", "/v1/subscriptions", $"customer={shop.Customer}",
            $"items[0][price]={await shop.PriceAsync(1500)}");

        Assert.Equal("resource_missing", error.Text("code"));
    }

    [Fact]
    public async Task A_trial_is_free_noticed_three_days_before_its_end_and_then_paid()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=14");
        Assert.Equal("trialing", subscription.Text("status"));
        var first = await shop.InvoiceAsync(subscription);
        Assert.Equal((0, "paid"), (first.Number("total"), first.Text("status")));
        Assert.DoesNotContain("payment_intent.created", shop.Told);

        await shop.AdvanceAsync(11 * Shop.Day);
        Assert.Equal(1, shop.Told.Count(type => type is "customer.subscription.trial_will_end"));
        await shop.AdvanceAsync((3 * Shop.Day) + Shop.Hour);

        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((1500, "paid", "subscription_cycle"),
            (invoice.Number("total"), invoice.Text("status"), invoice.Text("billing_reason")));
    }

    [Theory]
    [InlineData("pause", "paused", "customer.subscription.paused")]
    [InlineData("cancel", "canceled", "customer.subscription.deleted")]
    [InlineData("create_invoice", "past_due", "invoice.payment_failed")]
    public async Task A_trial_without_a_card_ends_as_it_was_told_to(string behavior, string status, string told)
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=2",
            $"trial_settings[end_behavior][missing_payment_method]={behavior}");
        Assert.Contains("customer.subscription.trial_will_end", shop.Told);

        await shop.AdvanceAsync((2 * Shop.Day) + Shop.Hour);

        Assert.Equal(status, (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Contains(told, shop.Told);
    }

    [Fact]
    public async Task A_trial_ended_early_is_paid_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "trial_period_days=14");
        await shop.AdvanceAsync(Shop.Day);

        var changed = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "trial_end=now");

        Assert.Equal(("active", shop.Now), (changed.Text("status"), changed.Number("trial_end")));
        Assert.Equal(shop.Now + Month, changed.Number("items.data.0.current_period_end"));
        Assert.Equal("paid", (await shop.InvoiceAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task Canceled_at_period_end_it_runs_until_then()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));

        var changed = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "cancel_at_period_end=true");
        Assert.Equal((Shop.Start + Month, "active"), (changed.Number("cancel_at"), changed.Text("status")));
        await shop.AdvanceAsync(Month);

        var ended = await shop.SubscriptionAsync(subscription);
        Assert.Equal(("canceled", Shop.Start + Month), (ended.Text("status"), ended.Number("ended_at")));
        Assert.Equal("cancellation_requested", ended.Text("cancellation_details.reason"));
        Assert.Single(await shop.InvoicesAsync(subscription));
        Assert.Empty((await shop.Box.GetAsync("/v1/subscriptions", $"customer={shop.Customer}"))["data"]!.AsArray());
        Assert.Single((await shop.Box.GetAsync(
            "/v1/subscriptions", $"customer={shop.Customer}", "status=ended"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_cancellation_can_be_taken_back_before_its_time()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "cancel_at_period_end=true");

        var changed = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "cancel_at_period_end=false");
        await shop.AdvanceAsync(Month + Shop.Hour);

        Assert.Null(changed.Number("cancel_at"));
        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task Canceled_now_with_proration_gives_back_the_rest_as_credit()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(3100));
        await shop.AdvanceAsync(10 * Shop.Day);

        var canceled = await shop.Box.PostAsync(
            $"/v1/subscriptions/{subscription.Id()}/cancel", "prorate=true", "invoice_now=true");

        Assert.Equal("canceled", canceled.Text("status"));
        Assert.Equal(-2100, (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Number("balance"));
        await shop.Box.RefusedAsync(404, "DELETE", $"/v1/subscriptions/{subscription.Id()}");
    }

    [Fact]
    public async Task A_deleted_customer_takes_subscriptions_along_and_a_deleted_clock_its_customers()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var clock = (await shop.Box.GetAsync("/v1/test_helpers/test_clocks")).Text("data.0.id");

        await shop.Box.DeleteAsync($"/v1/test_helpers/test_clocks/{clock}");

        Assert.Equal(
            ["customer.subscription.deleted", "customer.deleted", "test_helpers.test_clock.deleted"], shop.Told.TakeLast(3));
        Assert.Equal("canceled", (await shop.SubscriptionAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task Paused_it_bills_nothing_and_resumed_it_begins_anew()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var paused = await shop.Box.PostAsync(
            $"/v1/subscriptions/{subscription.Id()}/pause", "bill_for[unused_time_from][type]=none");
        Assert.Equal(("paused", "pause_requested"),
            (paused.Text("status"), paused.Text("status_details.paused.subscription.type")));
        await shop.AdvanceAsync(58 * Shop.Day);
        Assert.Single(await shop.InvoicesAsync(subscription));

        var resumed = await shop.Box.PostAsync(
            $"/v1/subscriptions/{subscription.Id()}/resume", "billing_cycle_anchor[type]=now");

        Assert.Equal(("active", shop.Now), (resumed.Text("status"), resumed.Number("billing_cycle_anchor")));
        Assert.Equal(2, (await shop.InvoicesAsync(subscription)).Length);
        Assert.Contains("customer.subscription.resumed", shop.Told);
    }

    [Theory]
    [InlineData("keep_as_draft", "draft")]
    [InlineData("void", "void")]
    [InlineData("mark_uncollectible", "uncollectible")]
    public async Task While_collection_is_paused_invoices_rest(string behavior, string status)
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", $"pause_collection[behavior]={behavior}",
            $"pause_collection[resumes_at]={Shop.Start + (40 * Shop.Day)}");

        await shop.AdvanceAsync(Month + (2 * Shop.Hour));

        Assert.Equal(status, (await shop.InvoiceAsync(subscription)).Text("status"));
        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
        await shop.AdvanceAsync(10 * Shop.Day);
        Assert.Null((await shop.SubscriptionAsync(subscription))["pause_collection"]);
    }
}
