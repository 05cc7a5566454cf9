using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>What is left when a subscription, a customer, a payment method or the course of time has ended.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task Of_a_deleted_customer_nothing_is_collected_and_time_goes_on()
    {
        await using var box = await Box.OpenAsync();
        var customer = (await box.PostAsync("/v1/customers")).Id();
        await box.PostAsync("/v1/invoiceitems", $"customer={customer}", "amount=2000", "currency=usd");
        var draft = (await box.PostAsync("/v1/invoices", $"customer={customer}", "auto_advance=true",
            "pending_invoice_items_behavior=include")).Id();

        await box.DeleteAsync($"/v1/customers/{customer}");
        await box.PassAsync(TimeSpan.FromHours(2));

        var left = await box.GetAsync($"/v1/invoices/{draft}");
        Assert.Equal(("draft", "false", null), (left.Text("status"), left.Text("auto_advance"),
            left.Number("automatically_finalizes_at")));
        Assert.Equal(["invoice.updated", "customer.deleted"], box.Told.TakeLast(2));
    }

    [Fact]
    public async Task A_test_clock_whose_time_breaks_says_so_and_what_was_done_stands()
    {
        await using var shop = await Shop.OpenAsync();
        var clock = (await shop.Box.GetAsync("/v1/test_helpers/test_clocks")).Text("data.0.id");
        shop.Box.World.Timeline.Plan(Shop.Start + 10, clock, "something nobody knows", shop.Customer);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => shop.AdvanceAsync(Shop.Hour));

        var broken = await shop.Box.GetAsync($"/v1/test_helpers/test_clocks/{clock}");
        Assert.Equal(("internal_failure", Shop.Start + 10), (broken.Text("status"), broken.Number("frozen_time")));
        Assert.Equal(
            ["test_helpers.test_clock.advancing", "test_helpers.test_clock.internal_failure"], shop.Told.TakeLast(2));
        await shop.Box.RefusedAsync(400, "POST", $"/v1/test_helpers/test_clocks/{clock}/advance",
            $"frozen_time={Shop.Start + Shop.Day}");
    }

    [Theory]
    [InlineData("description=Late")]
    [InlineData("cancel_at_period_end=true")]
    [InlineData("default_payment_method=pm_card_visa")]
    [InlineData("pause_collection[behavior]=void")]
    [InlineData("collection_method=charge_automatically")]
    [InlineData("discounts[0][coupon]=HALF")]
    [InlineData("trial_end=now")]
    public async Task Of_a_canceled_subscription_only_notes_can_be_changed(string change)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync("/v1/coupons", "id=HALF", "percent_off=50");
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.Box.DeleteAsync($"/v1/subscriptions/{subscription.Id()}");
        var before = await shop.SubscriptionAsync(subscription);
        var told = shop.Told.Length;

        await shop.Box.RefusedAsync(400, "POST", $"/v1/subscriptions/{subscription.Id()}", "metadata[a]=b", change);

        Assert.True(JsonNode.DeepEquals(before, await shop.SubscriptionAsync(subscription)));
        Assert.Empty(shop.ToldSince(told));
        var noted = await shop.Box.PostAsync($"/v1/subscriptions/{subscription.Id()}", "metadata[a]=b",
            "cancellation_details[feedback]=unused");
        Assert.Equal(("b", "unused"), (noted.Text("metadata.a"), noted.Text("cancellation_details.feedback")));
    }

    [Fact]
    public async Task The_discount_of_a_canceled_subscription_tells_nothing_any_more()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync("/v1/coupons", "id=SPRING", "percent_off=10", "duration=repeating",
            "duration_in_months=1");
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500), "discounts[0][coupon]=SPRING");
        await shop.Box.DeleteAsync($"/v1/subscriptions/{subscription.Id()}");
        var told = shop.Told.Length;

        await shop.AdvanceAsync(40 * Shop.Day);

        Assert.Equal(
            ["test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"], shop.ToldSince(told));
        await shop.Box.RefusedAsync(400, "DELETE", $"/v1/subscriptions/{subscription.Id()}/discount");
    }

    [Fact]
    public async Task A_detached_payment_method_is_charged_no_more()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var method = (await shop.Box.PostAsync(
            "/v1/payment_methods/pm_card_visa/attach", $"customer={shop.Customer}")).Id();
        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), $"default_payment_method={method}");

        await shop.Box.PostAsync($"/v1/payment_methods/{method}/detach");
        Assert.Contains("customer.subscription.updated", shop.Told);
        Assert.Null((await shop.SubscriptionAsync(subscription))["default_payment_method"]);
        await shop.AdvanceAsync((31 * Shop.Day) + Shop.Hour);

        Assert.Equal("past_due", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal("open", (await shop.InvoiceAsync(subscription)).Text("status"));
        Assert.Single((await shop.Box.GetAsync("/v1/charges"))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_invoice_does_not_charge_the_payment_method_it_names_once_that_is_detached()
    {
        await using var shop = await Shop.OpenAsync();
        var method = (await shop.Box.PostAsync(
            "/v1/payment_methods/pm_card_mastercard/attach", $"customer={shop.Customer}")).Id();
        await shop.Box.PostAsync("/v1/invoiceitems", $"customer={shop.Customer}", "amount=900", "currency=usd");
        var draft = (await shop.Box.PostAsync("/v1/invoices", $"customer={shop.Customer}",
            "pending_invoice_items_behavior=include", $"default_payment_method={method}")).Id();
        await shop.Box.PostAsync($"/v1/payment_methods/{method}/detach");

        await shop.Box.PostAsync($"/v1/invoices/{draft}/pay");

        Assert.Equal("visa", (await shop.Box.GetAsync("/v1/charges")).Text("data.0.payment_method_details.card.brand"));
    }
}
