using System.Text.Json.Nodes;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Scenarios;

/// <summary>Each scenario ends as its name says, and tells what Stripe tells.</summary>
public sealed class ScenarioTests
{
    /// <summary>Of a customer, and of the shelf that the first of them finds.</summary>
    private static readonly string[] SignUp =
        ["customer.created", "payment_method.attached", "plan.created", "price.created", "product.created"];

    private static readonly string[] Paid = ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"];

    private static readonly string[] Billed =
    [
        "customer.subscription.created", "invoice.created", "invoice.finalized", "invoice.paid",
        "invoice.payment_succeeded", "invoice.updated", "invoice_payment.paid", "customer.updated",
    ];

    private static readonly string[] Renewed = ["customer.subscription.updated", "invoice.upcoming"];

    [Fact]
    public async Task A_renewal_is_drafted_and_paid()
    {
        await using var played = await Played.OfAsync("renewal");

        Assert.Equal("active", await played.StatusAsync("subscription", "/v1/subscriptions"));
        Assert.Equal(["paid", "paid"], await played.InvoicesAsync());
        played.AssertTold(SignUp, Paid, [.. Billed, .. Renewed]);
    }

    [Fact]
    public async Task A_declined_renewal_is_past_due_until_another_card_pays()
    {
        await using var played = await Played.OfAsync("decline-then-recovery");

        Assert.Equal("active", await played.StatusAsync("subscription", "/v1/subscriptions"));
        Assert.Equal("paid", await played.StatusAsync("invoice", "/v1/invoices"));
        Assert.Equal(["active", "past_due", "active"], played.StatusesTold("customer.subscription."));
        played.AssertTold(
            SignUp,
            Paid,
            [.. Billed, .. Renewed, "charge.failed", "invoice.payment_failed", "payment_intent.payment_failed"]);
    }

    [Fact]
    public async Task An_upgrade_is_billed_at_once_and_renewed_at_the_larger_price()
    {
        await using var played = await Played.OfAsync("upgrade");

        var subscription = await played.ReadAsync("subscription", "/v1/subscriptions");
        Assert.Equal("active", subscription.Text("status"));
        Assert.Equal("pro_monthly", subscription.Objects("items").Single().Text("price.lookup_key"));
        Assert.Equal(["paid", "paid", "paid"], await played.InvoicesAsync());
        played.AssertTold(SignUp, Paid, [.. Billed, .. Renewed, "invoiceitem.created"]);
    }

    [Fact]
    public async Task Seats_that_were_added_are_billed_with_the_renewal()
    {
        await using var played = await Played.OfAsync("quantity");

        var subscription = await played.ReadAsync("subscription", "/v1/subscriptions");
        var renewal = await played.Box.GetAsync($"/v1/invoices/{subscription.Text("latest_invoice")}");
        Assert.Equal(5, subscription.Objects("items").Single().Number("quantity"));
        Assert.Equal(3, renewal.Objects("lines").Count());
        Assert.Equal(["paid", "paid"], await played.InvoicesAsync());
        played.AssertTold(SignUp, Paid, [.. Billed, .. Renewed, "invoiceitem.created"]);
    }

    [Fact]
    public async Task Notice_ends_the_subscription_with_its_period()
    {
        await using var played = await Played.OfAsync("cancel-at-period-end");

        var subscription = await played.ReadAsync("subscription", "/v1/subscriptions");
        Assert.Equal("canceled", subscription.Text("status"));
        Assert.Equal("cancellation_requested", subscription.Text("cancellation_details.reason"));
        Assert.Equal(["paid"], await played.InvoicesAsync());
        played.AssertTold(
            SignUp, Paid, [.. Billed, "customer.subscription.updated", "customer.subscription.deleted"]);
    }

    [Fact]
    public async Task A_payment_the_bank_asks_about_succeeds_when_the_customer_has_confirmed()
    {
        await using var played = await Played.OfAsync("3ds");

        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        played.AssertTold(SignUp, Paid, "payment_intent.requires_action");
    }

    [Fact]
    public async Task A_payment_refunded_in_two_parts_is_refunded_whole()
    {
        await using var played = await Played.OfAsync("refund");

        var intent = await played.ReadAsync("payment_intent", "/v1/payment_intents");
        var charge = await played.Box.GetAsync($"/v1/charges/{intent.Text("latest_charge")}");
        Assert.Equal((4900, true), (charge.Number("amount_refunded"), charge.Flag("refunded")));
        Assert.Equal("succeeded", await played.StatusAsync("refund", "/v1/refunds"));
        played.AssertTold(SignUp, Paid, "charge.refunded", "charge.updated", "refund.created");
    }

    [Fact]
    public async Task A_dispute_with_evidence_that_does_not_convince_is_lost()
    {
        await using var played = await Played.OfAsync("dispute-lost");

        Assert.Equal("lost", await played.StatusAsync("dispute", "/v1/disputes"));
        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        played.AssertTold(
            SignUp,
            Paid,
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.dispute.closed");
    }

    [Fact]
    public async Task A_bank_debit_is_in_process_until_the_money_comes()
    {
        await using var played = await Played.OfAsync("bank-debit-async");

        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        played.AssertTold(SignUp, Paid, "charge.pending", "payment_intent.processing");
    }

    [Fact]
    public async Task A_marketplace_purchase_bears_what_was_bought_in_its_metadata()
    {
        await using var played = await Played.OfAsync("marketplace-purchase");

        var session = await played.ReadAsync("checkout_session", "/v1/checkout/sessions");
        var subscription = await played.Box.GetAsync($"/v1/subscriptions/{session.Text("subscription")}");
        var quantity = subscription.Objects("items").Single().Number("quantity");
        Assert.Equal(("complete", "paid"), (session.Text("status"), session.Text("payment_status")));
        Assert.Equal("active", subscription.Text("status"));
        Assert.Equal("tier_2", session.Text("metadata.sumo_product_tier_id"));
        Assert.Equal($"{quantity}", session.Text("metadata.sumo_quantity"));
        Assert.True(JsonNode.DeepEquals(session["metadata"], subscription["metadata"]));
        played.AssertTold(SignUp, Paid, [.. Billed, .. Renewed, "charge.updated", "checkout.session.completed"]);
    }

    [Fact]
    public async Task A_month_of_a_shop_has_all_of_them()
    {
        await using var box = await Box.OpenAsync();
        var began = box.Simulator.Now;

        var report = await box.Simulator.PlayAsync(
            "month-of-a-shop", new() { Customers = 20 }, TestContext.Current.CancellationToken);

        Assert.Equal(20, report.Customers);
        Assert.Equal(TimeSpan.FromDays(30), box.Simulator.Now - began);
        string[] some =
        [
            "customer.created", "charge.refunded", "charge.dispute.closed", "checkout.session.completed",
            "customer.subscription.deleted", "invoice.payment_failed", "invoice.paid", "invoiceitem.created",
            "payment_intent.processing", "payment_intent.requires_action",
        ];
        Assert.Empty(some.Except(box.Told));
    }

    [Fact]
    public async Task Bad_weather_keeps_no_shop_from_its_month()
    {
        await using var box = await Box.OpenAsync(
            new() { Forecast = Forecast.Rough with { HeldFor = TimeSpan.Zero, SlowFor = TimeSpan.Zero } });

        await box.Simulator.PlayAsync(
            "month-of-a-shop", new() { Customers = 20 }, TestContext.Current.CancellationToken);

        Assert.True(box.Told.Count(type => type is "customer.created") > 10);
    }

    [Fact]
    public async Task A_shop_on_an_older_version_has_its_month_too()
    {
        await using var box = await Box.OpenAsync(new() { Version = ApiVersion.Acacia });

        var report = await box.Simulator.PlayAsync(
            "month-of-a-shop", new() { Customers = 10 }, TestContext.Current.CancellationToken);

        Assert.Equal(10, report.Customers);
    }

    [Fact]
    public async Task A_storm_is_as_many_customers_as_its_rate_says()
    {
        var time = new HandWoundTime();
        await using var box = await Box.OpenAsync(time: time);

        var storm = box.Simulator.PlayAsync(
            "storm", new() { Rate = 30, Seconds = 1 }, TestContext.Current.CancellationToken);
        time.Tick();
        var report = await storm;

        Assert.Equal(30, report.Customers);
        Assert.Equal(30, box.Told.Count(type => type is "payment_intent.succeeded"));
    }

    [Fact]
    public async Task A_storm_is_over_when_its_last_second_is()
    {
        var time = new HandWoundTime();
        await using var box = await Box.OpenAsync(time: time);

        var storm = box.Simulator.PlayAsync(
            "storm", new() { Rate = 1, Seconds = 1 }, TestContext.Current.CancellationToken);

        Assert.Contains("payment_intent.succeeded", box.Told);
        Assert.False(storm.IsCompleted);
        time.Tick();
        await storm;
    }

    [Fact]
    public async Task Several_customers_play_side_by_side()
    {
        await using var box = await Box.OpenAsync();

        var report = await box.Simulator.PlayAsync(
            "refund", new() { Customers = 3 }, TestContext.Current.CancellationToken);

        Assert.Equal(3, report.Customers);
        Assert.Equal(3, box.Told.Count(type => type is "customer.created"));
        Assert.Equal(6, box.Told.Count(type => type is "charge.refunded"));
    }

    [Fact]
    public async Task The_same_seed_plays_the_same_run()
    {
        await using var one = await Box.OpenAsync(new() { Seed = 7 });
        await using var other = await Box.OpenAsync(new() { Seed = 7 });
        await one.Simulator.PlayAsync("refund", ct: TestContext.Current.CancellationToken);
        await other.Simulator.PlayAsync("refund", ct: TestContext.Current.CancellationToken);

        Assert.Equal(
            (await one.GetAsync("/v1/events", "limit=100")).ToJsonString(),
            (await other.GetAsync("/v1/events", "limit=100")).ToJsonString());
    }

    [Fact]
    public async Task It_can_be_played_from_any_language_and_tells_what_it_made()
    {
        await using var box = await Box.OpenAsync();

        var report = await box.PostAsync("/_simulator/scenarios/refund", "customers=2");

        Assert.Equal(2, report.Number("customers"));
        await box.GetAsync($"/v1/refunds/{report.Text("objects.refund")}");
    }

    [Theory]
    [InlineData("renewal", "customers", "0")]
    [InlineData("renewal", "customers", "many")]
    [InlineData("renewal", "rate", "3")]
    [InlineData("renewal", "weather", "rough")]
    [InlineData("storm", "rate", "1001")]
    [InlineData("storm", "seconds", "0")]
    [InlineData("storm", "customers", "3")]
    public async Task What_cannot_be_played_is_refused(string scenario, string param, string value)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", $"/_simulator/scenarios/{scenario}", $"{param}={value}");

        Assert.Equal(param, error.Text("param"));
        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task A_scenario_of_no_name_names_those_there_are()
    {
        await using var box = await Box.OpenAsync();

        var error = await Assert.ThrowsAsync<ScenarioException>(
            () => box.Simulator.PlayAsync("renewals", ct: TestContext.Current.CancellationToken));

        Assert.Contains("renewal, decline-then-recovery, 3ds", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A scenario that was played to its end in a box of its own.</summary>
    private sealed record Played(Box Box, ScenarioReport Report) : IAsyncDisposable
    {
        public static async Task<Played> OfAsync(string scenario)
        {
            var box = await Box.OpenAsync();
            return new(box, await box.Simulator.PlayAsync(scenario, ct: TestContext.Current.CancellationToken));
        }

        public Task<JsonObject> ReadAsync(string note, string path) => Box.GetAsync($"{path}/{Report.Objects[note]}");

        public async Task<string?> StatusAsync(string note, string path) =>
            (await ReadAsync(note, path)).Text("status");

        /// <summary>The statuses of all invoices there are.</summary>
        public async Task<string[]> InvoicesAsync() =>
            [.. (await Box.GetAsync("/v1/invoices")).Objects("data").Select(invoice => invoice.Text("status")!)];

        /// <summary>What the events of these types said of the status, each change once.</summary>
        public string[] StatusesTold(string types)
        {
            List<string> statuses = [];
            var about = Box.World.Events.All.Where(told => told.Type.StartsWith(types, StringComparison.Ordinal));
            foreach (var told in about)
            {
                var status = told.Show(Box.World, Box.World.DefaultVersion).Text("data.object.status")!;
                if (statuses.LastOrDefault() != status)
                {
                    statuses.Add(status);
                }
            }

            return [.. statuses];
        }

        /// <summary>These types of events were told, and no others.</summary>
        public void AssertTold(string[] some, string[] more, params string[] rest)
        {
            string[] expected = [.. some, .. more, .. rest];
            var (missing, unexpected) = (expected.Except(Box.Told).ToArray(), Box.Told.Except(expected).ToArray());
            Assert.True(
                missing.Length + unexpected.Length is 0,
                $"Missing: {string.Join(", ", missing)}. Unexpected: {string.Join(", ", unexpected)}.");
        }

        public ValueTask DisposeAsync() => Box.DisposeAsync();
    }
}
