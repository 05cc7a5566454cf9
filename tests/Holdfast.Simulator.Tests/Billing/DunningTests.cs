using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Payments;

namespace Holdfast.Simulator.Tests.Billing;

public sealed class DunningTests
{
    private const string Failing = "pm_card_chargeCustomerFail";
    private const long Month = 31 * Shop.Day;

    [Fact]
    public async Task A_renewal_that_fails_makes_the_subscription_past_due_and_is_tried_again()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.UseCardAsync(Failing);
        await shop.AdvanceAsync(Month);
        var before = shop.Told.Length;

        await shop.AdvanceAsync(Shop.Hour);

        Assert.Equal(
        [
            "test_helpers.test_clock.advancing", "invoice.finalized", "payment_intent.created", "charge.failed",
            "payment_intent.payment_failed", "invoice.payment_failed", "invoice.updated", "customer.updated",
            "customer.subscription.updated", "test_helpers.test_clock.ready",
        ],
        shop.ToldSince(before));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((1, "open"), (invoice.Number("attempt_count"), invoice.Text("status")));
        Assert.Equal(Shop.Start + Month + Shop.Hour + Shop.Day, invoice.Number("next_payment_attempt"));
        Assert.Equal("past_due", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal("true", (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Text("delinquent"));
    }

    [Fact]
    public async Task Another_card_brings_it_back_at_the_next_try()
    {
        await using var shop = await PastDueAsync(new());
        var subscription = await TheOneAsync(shop);
        await shop.UseCardAsync("pm_card_visa");

        await shop.AdvanceAsync(Shop.Day);

        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal("false", (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Text("delinquent"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((2, "paid"), (invoice.Number("attempt_count"), invoice.Text("status")));
        Assert.Null(invoice.Number("next_payment_attempt"));
    }

    [Theory]
    [InlineData(AfterLastFailure.Cancel, "canceled", "customer.subscription.deleted")]
    [InlineData(AfterLastFailure.MarkUnpaid, "unpaid", "customer.subscription.updated")]
    [InlineData(AfterLastFailure.LeavePastDue, "past_due", "invoice.updated")]
    public async Task After_the_last_try_the_setting_decides(AfterLastFailure setting, string status, string told)
    {
        await using var shop = await PastDueAsync(new() { AfterLastFailure = setting, RetryAfterDays = [1, 2] });
        var subscription = await TheOneAsync(shop);
        await shop.AdvanceAsync(2 * Shop.Day);
        var before = shop.Told.Length;

        await shop.AdvanceAsync(Shop.Day);

        Assert.Equal(status, (await shop.SubscriptionAsync(subscription)).Text("status"));
        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((3, "open", "false"),
            (invoice.Number("attempt_count"), invoice.Text("status"), invoice.Text("auto_advance")));
        Assert.Equal(told, shop.ToldSince(before)[^2]);
        if (setting is AfterLastFailure.Cancel)
        {
            Assert.Equal(
                "payment_failed", (await shop.SubscriptionAsync(subscription)).Text("cancellation_details.reason"));
        }
    }

    [Fact]
    public async Task An_unpaid_subscription_draws_up_invoices_and_leaves_them_until_the_latest_is_paid()
    {
        await using var shop = await PastDueAsync(
            new() { AfterLastFailure = AfterLastFailure.MarkUnpaid, RetryAfterDays = [1] });
        var subscription = await TheOneAsync(shop);
        await shop.AdvanceAsync(Month);

        var draft = await shop.InvoiceAsync(subscription);
        Assert.Equal(("draft", "false"), (draft.Text("status"), draft.Text("auto_advance")));
        await shop.UseCardAsync("pm_card_visa");
        await shop.Box.PostAsync($"/v1/invoices/{draft.Id()}/pay");

        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task What_the_bank_refused_for_good_is_counted_but_not_tried()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        shop.Box.World.All(PaymentMethods.Type)[0].Hidden["card"] = "4000000000009979";
        await shop.AdvanceAsync(Month + Shop.Hour);
        var tried = shop.Told.Count(type => type is "charge.failed");

        await shop.AdvanceAsync(2 * Shop.Day);

        Assert.Equal((1, 1), (tried, shop.Told.Count(type => type is "charge.failed")));
        Assert.Equal("past_due", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal(3, (await shop.InvoiceAsync(subscription)).Number("attempt_count"));
        await shop.UseCardAsync("pm_card_visa");
        await shop.AdvanceAsync(2 * Shop.Day);
        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
    }

    [Fact]
    public async Task A_renewal_that_needs_the_customer_says_so()
    {
        await using var shop = await PastDueAsync(new(), "pm_card_authenticationRequired");

        Assert.Equal(
            ["invoice.payment_action_required", "invoice.payment_failed"],
            shop.Told.Where(type => type.StartsWith("invoice.payment_", StringComparison.Ordinal)).TakeLast(2));
        Assert.Equal("past_due", (await shop.SubscriptionAsync(await TheOneAsync(shop))).Text("status"));
    }

    [Fact]
    public async Task Settings_can_be_changed_while_it_runs()
    {
        await using var shop = await Shop.OpenAsync();

        var set = await shop.Box.PostAsync(
            "/_simulator/settings", "retry_after_days[0]=3", "after_last_failure=unpaid", "upcoming_days=3",
            "will_be_due_days=2");

        Assert.Equal("unpaid", set.Text("after_last_failure"));
        Assert.Equal([3], shop.Box.World.Billing.RetryAfterDays);
        await shop.Box.RefusedAsync(400, "POST", "/_simulator/settings", "after_last_failure=forget");
        await shop.Box.RefusedAsync(400, "POST", "/_simulator/settings", "retry_after_days[0]=soon");
        await shop.Box.RefusedAsync(400, "POST", "/_simulator/settings", "will_be_due_days=61");
        Assert.Equal((3, 2), (shop.Box.World.Billing.UpcomingDays, shop.Box.World.Billing.WillBeDueDays));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(7, 0)]
    public async Task A_bill_that_will_be_due_is_told_of_so_many_days_before_as_is_set(int days, int times)
    {
        await using var shop = await Shop.OpenAsync(
            card: null, options: new SimulatorOptions { Billing = new BillingSettings { WillBeDueDays = days } });
        await shop.SubscribeAsync(await shop.PriceAsync(1500), "collection_method=send_invoice", "days_until_due=7");

        await shop.AdvanceAsync((4 * Shop.Day) - Shop.Hour);
        Assert.DoesNotContain("invoice.will_be_due", shop.Told);
        await shop.AdvanceAsync(2 * Shop.Hour);
        Assert.Equal(times, shop.Told.Count(type => type is "invoice.will_be_due"));
        await shop.AdvanceAsync(4 * Shop.Day);
        Assert.Equal(times, shop.Told.Count(type => type is "invoice.will_be_due"));
        Assert.Contains("invoice.overdue", shop.Told);
    }

    [Fact]
    public async Task A_bill_that_was_paid_is_not_said_to_be_due()
    {
        await using var shop = await Shop.OpenAsync(
            card: null, options: new SimulatorOptions { Billing = new BillingSettings { WillBeDueDays = 3 } });
        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), "collection_method=send_invoice", "days_until_due=7");
        await shop.AdvanceAsync(2 * Shop.Hour);
        await shop.Box.PostAsync(
            $"/v1/invoices/{(await shop.InvoiceAsync(subscription)).Id()}/pay", "paid_out_of_band=true");

        await shop.AdvanceAsync(8 * Shop.Day);

        Assert.DoesNotContain("invoice.will_be_due", shop.Told);
        Assert.DoesNotContain("invoice.overdue", shop.Told);
    }

    [Fact]
    public async Task A_bill_to_be_paid_by_hand_is_overdue_when_its_day_is_over()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        var subscription = await shop.SubscribeAsync(
            await shop.PriceAsync(1500), "collection_method=send_invoice", "days_until_due=7");
        Assert.Equal("active", subscription.Text("status"));
        await shop.AdvanceAsync(Shop.Hour);
        Assert.Contains("invoice.sent", shop.Told);

        await shop.AdvanceAsync(7 * Shop.Day);

        Assert.Contains("invoice.overdue", shop.Told);
        Assert.Equal("past_due", (await shop.SubscriptionAsync(subscription)).Text("status"));
        var invoice = await shop.InvoiceAsync(subscription);
        await shop.Box.PostAsync($"/v1/invoices/{invoice.Id()}/pay", "paid_out_of_band=true");
        Assert.Equal("active", (await shop.SubscriptionAsync(subscription)).Text("status"));
        Assert.Equal("invoice.paid", shop.Told.Last(type => type.StartsWith("invoice.", StringComparison.Ordinal)));
    }

    private static async Task<Shop> PastDueAsync(BillingSettings settings, string card = Failing)
    {
        var shop = await Shop.OpenAsync(options: new SimulatorOptions { Billing = settings });
        await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.UseCardAsync(card);
        await shop.AdvanceAsync(Month + Shop.Hour);
        return shop;
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> TheOneAsync(Shop shop) =>
        (System.Text.Json.Nodes.JsonObject)(await shop.Box.GetAsync("/v1/subscriptions", $"customer={shop.Customer}"))
            .At("data.0")!;
}
