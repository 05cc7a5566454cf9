using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Checkout;

public sealed class SubscriptionCheckoutTests
{
    private static readonly string[] Pro =
    [
        "mode=subscription", "success_url=https://example.com/done", "line_items[0][quantity]=3",
        "line_items[0][price_data][currency]=usd", "line_items[0][price_data][unit_amount]=1000",
        "line_items[0][price_data][recurring][interval]=month", "line_items[0][price_data][product_data][name]=Pro",
        "subscription_data[metadata][user]=7",
    ];

    [Fact]
    public async Task A_paid_session_makes_customer_subscription_and_invoice()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Pro);
        Assert.Null(session["subscription"]);

        var done = await CompleteAsync(
            box, session, "email=ada@example.com", "expand[]=subscription", "expand[]=invoice");

        Assert.Equal("paid", (string?)done["payment_status"]);
        Assert.Equal("active", (string?)done["subscription"]!["status"]);
        Assert.Equal("7", (string?)done["subscription"]!["metadata"]!["user"]);
        Assert.Equal("paid", (string?)done["invoice"]!["status"]);
        Assert.Equal(3000, (long?)done["invoice"]!["amount_paid"]);
        Assert.Equal((string?)done["customer"], (string?)done["subscription"]!["customer"]);
        var method = await box.GetAsync($"/v1/payment_methods/{done["subscription"]!["default_payment_method"]}");
        Assert.Equal((string?)done["customer"], (string?)method["customer"]);
        Assert.Single(box.World.All(PaymentIntents.Type));
    }

    [Fact]
    public async Task The_session_is_told_as_complete_before_the_subscription_it_names()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Pro);

        var done = await CompleteAsync(box, session);

        var told = box.Told;
        string[] order = ["customer.created", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
            "payment_method.attached", "checkout.session.completed", "customer.subscription.created", "invoice.created",
            "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"];
        Assert.Equal(order.Order(), told.Where(order.Contains).Order());
        Assert.True(
            Array.IndexOf(told, "checkout.session.completed") < Array.IndexOf(told, "customer.subscription.created"));
        var shown = box.LastOf("checkout.session.completed").Show(box.World, box.World.DefaultVersion);
        Assert.Equal((string?)done["subscription"], (string?)shown["data"]!["object"]!["subscription"]);
        Assert.Single(told, one => one is "customer.subscription.created");
    }

    [Fact]
    public async Task A_declined_card_makes_no_subscription()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Pro);

        await box.RefusedAsync(402, "POST", $"/_simulator/checkout/sessions/{session["id"]}/complete",
            "payment_method=pm_card_visa_chargeDeclinedInsufficientFunds");

        Assert.Empty((await box.GetAsync("/v1/subscriptions"))["data"]!.AsArray());
        Assert.Equal("open", (string?)(await box.GetAsync($"/v1/checkout/sessions/{session["id"]}"))["status"]);
    }

    [Fact]
    public async Task A_trial_costs_nothing_and_keeps_the_card()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", [.. Pro, "subscription_data[trial_period_days]=14"]);
        Assert.Equal(0, (long?)session["amount_total"]);

        var done = await CompleteAsync(box, session, "expand[]=subscription");

        Assert.Equal("no_payment_required", (string?)done["payment_status"]);
        Assert.Equal("trialing", (string?)done["subscription"]!["status"]);
        Assert.NotNull(done["subscription"]!["default_payment_method"]);
        Assert.Contains("setup_intent.succeeded", box.Told);
        Assert.DoesNotContain("payment_intent.created", box.Told);
    }

    [Fact]
    public async Task A_trial_without_a_card_is_possible_when_none_is_required()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", [.. Pro, "subscription_data[trial_period_days]=14",
            "payment_method_collection=if_required",
            "subscription_data[trial_settings][end_behavior][missing_payment_method]=pause"]);

        var done = await CompleteAsync(box, session, "expand[]=subscription");

        Assert.Equal("trialing", (string?)done["subscription"]!["status"]);
        Assert.Null(done["subscription"]!["default_payment_method"]);
    }

    [Fact]
    public async Task A_coupon_makes_the_first_payment_smaller_and_stays_with_the_subscription()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/coupons", "id=half", "percent_off=50", "duration=forever");
        var session = await box.PostAsync("/v1/checkout/sessions", [.. Pro, "discounts[0][coupon]=half"]);
        Assert.Equal(1500, (long?)session["amount_total"]);
        Assert.Equal(1500, (long?)session["total_details"]!["amount_discount"]);

        var done = await CompleteAsync(box, session, "expand[]=subscription", "expand[]=invoice");

        Assert.Equal(1500, (long?)done["invoice"]!["amount_paid"]);
        Assert.Single(done["subscription"]!["discounts"]!.AsArray());
    }

    [Fact]
    public async Task A_customer_can_type_a_promotion_code_where_that_is_allowed()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/coupons", "id=ten", "amount_off=1000", "currency=usd", "duration=once");
        await box.PostAsync("/v1/promotion_codes", "promotion[type]=coupon", "promotion[coupon]=ten", "code=SPRING");
        var shut = await box.PostAsync("/v1/checkout/sessions", Pro);
        var open = await box.PostAsync("/v1/checkout/sessions", [.. Pro, "allow_promotion_codes=true"]);

        await box.RefusedAsync(
            400, "POST", $"/_simulator/checkout/sessions/{shut["id"]}/complete", "promotion_code=SPRING");
        var done = await CompleteAsync(box, open, "promotion_code=spring", "expand[]=invoice");

        Assert.Equal(2000, (long?)done["invoice"]!["amount_paid"]);
    }

    [Fact]
    public async Task One_time_prices_are_paid_with_the_first_invoice()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", [.. Pro, "line_items[1][quantity]=1",
            "line_items[1][price_data][currency]=usd", "line_items[1][price_data][unit_amount]=500",
            "line_items[1][price_data][product_data][name]=Setup"]);

        var done = await CompleteAsync(box, session, "expand[]=invoice");

        Assert.Equal(3500, (long?)session["amount_total"]);
        Assert.Equal(3500, (long?)done["invoice"]!["amount_paid"]);
    }

    [Fact]
    public async Task A_debit_under_way_leaves_the_subscription_incomplete_until_the_bank_pays()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Pro);

        var done = await CompleteAsync(
            box, session, "payment_method=pm_usBankAccount_success", "expand[]=subscription");
        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("unpaid", (string?)done["payment_status"]);
        Assert.Equal("incomplete", (string?)done["subscription"]!["status"]);
        var read = await box.GetAsync($"/v1/checkout/sessions/{session["id"]}", "expand[]=subscription");
        Assert.Equal("paid", (string?)read["payment_status"]);
        Assert.Equal("active", (string?)read["subscription"]!["status"]);
        Assert.Contains("checkout.session.async_payment_succeeded", box.Told);
    }

    [Fact]
    public async Task The_payment_shows_its_invoice_before_basil_only()
    {
        await using var box = await Box.OpenAsync();
        var done = await CompleteAsync(box, await box.PostAsync("/v1/checkout/sessions", Pro));
        var intent = Assert.Single(box.World.All(PaymentIntents.Type)).Id;

        var now = await box.GetAsync($"/v1/payment_intents/{intent}");
        var before = await box.SendAsync(new ApiRequest("GET", $"/v1/payment_intents/{intent}")
        {
            Key = "sk_test_of_the_tests",
            Version = "2024-06-20",
        });

        Assert.False(now.ContainsKey("invoice"));
        Assert.Equal((string?)done["invoice"], (string?)before.Json["invoice"]);
    }

    private static Task<JsonObject> CompleteAsync(Box box, JsonObject session, params string[] fields) =>
        box.PostAsync($"/_simulator/checkout/sessions/{session["id"]}/complete", fields);
}
