using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Holdfast.Simulator.Tests.Billing;

public sealed class RenewalTests
{
    private const long Month = 31 * Shop.Day;

    [Fact]
    public async Task At_the_end_of_its_period_it_moves_on_and_an_hour_later_it_is_paid()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var before = shop.Told.Length;

        await shop.AdvanceAsync(Month);

        Assert.Equal(
        [
            "test_helpers.test_clock.advancing", "invoice.upcoming", "customer.subscription.updated", "invoice.created",
            "test_helpers.test_clock.ready",
        ],
        shop.ToldSince(before));
        var draft = await shop.InvoiceAsync(subscription);
        Assert.Equal(("draft", "subscription_cycle"), (draft.Text("status"), draft.Text("billing_reason")));
        Assert.Equal(Shop.Start + Month + Shop.Hour, draft.Number("automatically_finalizes_at"));
        before = shop.Told.Length;

        await shop.AdvanceAsync(Shop.Hour);

        Assert.Equal(
        [
            "test_helpers.test_clock.advancing", "invoice.finalized", "payment_intent.created", "charge.succeeded",
            "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded", "invoice.updated",
            "customer.updated", "invoice_payment.paid", "test_helpers.test_clock.ready",
        ],
        shop.ToldSince(before));
        var paid = await shop.InvoiceAsync(subscription);
        Assert.Equal("paid", paid.Text("status"));
        Assert.Equal(Shop.Start + Month, paid.Number("lines.data.0.period.start"));
        Assert.Equal(Shop.Start + (59 * Shop.Day), paid.Number("lines.data.0.period.end"));
        Assert.Equal((Shop.Start, Shop.Start + Month), (paid.Number("period_start"), paid.Number("period_end")));
    }

    [Fact]
    public async Task The_event_of_a_renewal_names_the_old_period()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SubscribeAsync(await shop.PriceAsync(1500));

        await shop.AdvanceAsync(Month);

        var told = shop.Box.LastOf("customer.subscription.updated").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal(Shop.Start, told.Number("data.previous_attributes.items.data.0.current_period_start"));
        Assert.Equal(Shop.Start + Month, told.Number("data.object.items.data.0.current_period_start"));
        Assert.NotNull(told.Text("data.previous_attributes.latest_invoice"));
        Assert.Null(told.Text("request.id"));
        Assert.Equal(Shop.Start + Month, told.Number("created"));
        var upcoming = shop.Box.LastOf("invoice.upcoming").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.False(((JsonObject)upcoming["data"]!["object"]!).ContainsKey("id"));
        Assert.Equal(1500, upcoming.Number("data.object.amount_due"));
    }

    [Fact]
    public async Task The_thirty_first_is_the_last_of_shorter_months_and_itself_again()
    {
        var start = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        await using var shop = await Shop.OpenAsync(start: start);
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        List<string> ends = [];

        for (var i = 0; i < 4; i++)
        {
            var end = (await shop.SubscriptionAsync(subscription)).Number("items.data.0.current_period_end")!.Value;
            ends.Add($"{DateTimeOffset.FromUnixTimeSeconds(end):MM-dd}");
            await shop.AdvanceToAsync(end);
        }

        Assert.Equal(["02-28", "03-31", "04-30", "05-31"], ends);
    }

    [Fact]
    public async Task A_year_passes_in_a_blink_with_twelve_paid_renewals()
    {
        await using var shop = await Shop.OpenAsync();
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 12; i++)
        {
            await shop.AdvanceAsync(31 * Shop.Day);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
        var invoices = await shop.InvoicesAsync(subscription);
        Assert.Equal(13, invoices.Length);
        Assert.All(invoices, invoice => Assert.Equal("paid", invoice.Text("status")));
        Assert.Equal(13, invoices.Select(invoice => invoice.Text("number")).Distinct().Count());
    }

    [Theory]
    [InlineData("pm_card_visa")]
    [InlineData("pm_card_chargeCustomerFail")]
    public async Task Many_small_steps_and_one_large_one_end_in_the_same(string card)
    {
        var whole = await PassAsync(card, [58 * Shop.Day]);
        var parts = await PassAsync(card, Enumerable.Repeat(Shop.Day / 2, 116));

        Assert.Equal(whole, parts);
    }

    [Fact]
    public async Task A_clock_goes_only_forward_and_two_intervals_at_most()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SubscribeAsync(await shop.PriceAsync(1500));
        var clock = (await shop.Box.GetAsync("/v1/test_helpers/test_clocks")).Text("data.0.id");

        foreach (var time in new[] { Shop.Start, Shop.Start - 1, Shop.Start + (60 * Shop.Day) })
        {
            var error = await shop.Box.RefusedAsync(
                400, "POST", $"/v1/test_helpers/test_clocks/{clock}/advance", $"frozen_time={time}");
            Assert.Equal("frozen_time", error.Text("param"));
        }
    }

    [Fact]
    public async Task In_the_worlds_own_time_the_same_happens()
    {
        await using var box = await Support.Box.OpenAsync();
        var customer = (await box.PostAsync("/v1/customers", "payment_method=pm_card_visa",
            "invoice_settings[default_payment_method]=pm_card_visa")).Id();
        var price = (await box.PostAsync("/v1/prices", "currency=usd", "unit_amount=900", "recurring[interval]=week",
            "product_data[name]=Weekly")).Id();
        await box.PostAsync("/v1/subscriptions", $"customer={customer}", $"items[0][price]={price}");

        await box.Simulator.AdvanceAsync(TimeSpan.FromDays(22), TestContext.Current.CancellationToken);

        Assert.Equal(4, box.Told.Count(type => type is "invoice.paid"));
    }

    [Theory]
    [InlineData("waits", 71, "draft")]
    [InlineData("waits", 73, "paid")]
    [InlineData("hears", 3, "paid")]
    [InlineData("is disabled", 3, "paid")]
    [InlineData("is deleted", 3, "paid")]
    public async Task A_draft_waits_three_days_for_an_endpoint_that_has_not_heard_of_it(
        string what, int hours, string status)
    {
        await using var box = await Support.Box.OpenAsync();
        var customer = (await box.PostAsync("/v1/customers", "payment_method=pm_card_visa",
            "invoice_settings[default_payment_method]=pm_card_visa")).Id();
        var price = (await box.PostAsync("/v1/prices", "currency=usd", "unit_amount=900", "recurring[interval]=month",
            "product_data[name]=Monthly")).Id();
        await box.PostAsync("/v1/subscriptions", $"customer={customer}", $"items[0][price]={price}");
        await box.Simulator.AdvanceAsync(TimeSpan.FromDays(31), TestContext.Current.CancellationToken);
        var told = box.LastOf("invoice.created");
        var endpoint = $"/v1/webhook_endpoints/{(await box.PostAsync("/v1/webhook_endpoints",
            "url=https://shop.example/hook", "enabled_events[]=customer.deleted")).Id()}";
        told.Pending.Add(endpoint.Split('/')[^1]);
        if (what is not "waits")
        {
            await box.Simulator.AdvanceAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
            switch (what)
            {
                case "hears":
                    told.Pending.Clear();
                    break;
                case "is disabled":
                    await box.PostAsync(endpoint, "disabled=true");
                    break;
                default:
                    await box.DeleteAsync(endpoint);
                    break;
            }
        }

        await box.Simulator.AdvanceAsync(TimeSpan.FromHours(hours), TestContext.Current.CancellationToken);

        Assert.Equal(status, (await box.GetAsync("/v1/invoices")).Text("data.0.status"));
    }

    [Fact]
    public async Task Credit_of_the_customer_pays_first()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync($"/v1/customers/{shop.Customer}", "balance=-2000");
        var subscription = await shop.SubscribeAsync(await shop.PriceAsync(1500));
        await shop.AdvanceAsync(Month + Shop.Hour);

        var invoices = await shop.InvoicesAsync(subscription);

        Assert.Equal([0, 1000], invoices.Select(invoice => invoice.Number("amount_due")!.Value));
        Assert.Equal([-500, 0], invoices.Select(invoice => invoice.Number("ending_balance")!.Value));
        Assert.Equal(0, (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Number("balance"));
    }

    /// <summary>All objects after this passing of time, with ids by their order instead of by chance.</summary>
    private static async Task<string> PassAsync(string card, IEnumerable<long> steps)
    {
        await using var shop = await Shop.OpenAsync(card is "pm_card_visa" ? card : "pm_card_visa");
        await shop.SubscribeAsync(await shop.PriceAsync(1500));
        if (card is not "pm_card_visa")
        {
            await shop.UseCardAsync(card);
        }

        foreach (var step in steps)
        {
            await shop.AdvanceAsync(step);
        }

        return Canonical.Of(shop.Box.World);
    }
}
