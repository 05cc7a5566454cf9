using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Tests.Checkout;

public sealed class CheckoutTests
{
    private static readonly string[] Shirt =
    [
        "mode=payment", "success_url=https://example.com/done", "line_items[0][quantity]=2",
        "line_items[0][price_data][currency]=usd", "line_items[0][price_data][unit_amount]=1500",
        "line_items[0][price_data][product_data][name]=Shirt",
    ];

    [Fact]
    public async Task A_new_session_is_open_and_has_no_payment_yet()
    {
        await using var box = await Box.OpenAsync();

        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);

        Assert.Equal("open", (string?)session["status"]);
        Assert.Equal("unpaid", (string?)session["payment_status"]);
        Assert.Equal(3000, (long?)session["amount_total"]);
        Assert.Null(session["payment_intent"]);
        Assert.False(session.ContainsKey("line_items"));
        Assert.StartsWith("https://", (string?)session["url"], StringComparison.Ordinal);
        var lines = await box.GetAsync($"/v1/checkout/sessions/{session["id"]}/line_items");
        Assert.Equal("Shirt", (string?)lines["data"]![0]!["description"]);
    }

    [Fact]
    public async Task A_customer_pays_by_card_and_the_session_is_complete()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions",
            [.. Shirt, "client_reference_id=user-7", "metadata[order]=9", "payment_intent_data[metadata][order]=9"]);

        var done = await box.PostAsync(
            $"/_simulator/checkout/sessions/{session["id"]}/complete", "email=ada@example.com");

        Assert.Equal("complete", (string?)done["status"]);
        Assert.Equal("paid", (string?)done["payment_status"]);
        Assert.Equal("ada@example.com", (string?)done["customer_details"]!["email"]);
        Assert.Null(done["customer"]);
        Assert.Null(done["url"]);
        var intent = await box.GetAsync($"/v1/payment_intents/{done["payment_intent"]}");
        Assert.Equal("9", (string?)intent["metadata"]!["order"]);
        Assert.Equal(
            ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"],
            box.Told[^4..]);
        await box.RefusedAsync(400, "POST", $"/_simulator/checkout/sessions/{session["id"]}/complete");
    }

    [Fact]
    public async Task A_declined_card_leaves_the_session_open_for_another()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);
        var path = $"/_simulator/checkout/sessions/{session["id"]}/complete";

        await box.RefusedAsync(402, "POST", path, "payment_method=pm_card_visa_chargeDeclined");
        var between = await box.GetAsync($"/v1/checkout/sessions/{session["id"]}");
        var done = await box.PostAsync(path, "payment_method=pm_card_visa");

        Assert.Equal("open", (string?)between["status"]);
        Assert.Equal("complete", (string?)done["status"]);
        Assert.Equal((string?)between["payment_intent"], (string?)done["payment_intent"]);
    }

    [Fact]
    public async Task Three_d_secure_completes_the_session_when_the_customer_comes_back()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);
        var waiting = await box.PostAsync(
            $"/_simulator/checkout/sessions/{session["id"]}/complete", "payment_method=pm_card_authenticationRequired");
        Assert.Equal("open", (string?)waiting["status"]);

        await box.PostAsync($"/_simulator/payment_intents/{waiting["payment_intent"]}/authenticate");

        Assert.Equal("complete", (string?)(await box.GetAsync($"/v1/checkout/sessions/{session["id"]}"))["status"]);
        Assert.Equal("checkout.session.completed", box.Told[^1]);
    }

    [Theory]
    [InlineData("pm_usBankAccount_success", "paid", "checkout.session.async_payment_succeeded")]
    [InlineData("pm_usBankAccount_insufficientFunds", "unpaid", "checkout.session.async_payment_failed")]
    public async Task A_bank_debit_completes_unpaid_and_tells_its_end_later(string token, string status, string told)
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);

        var done = await box.PostAsync(
            $"/_simulator/checkout/sessions/{session["id"]}/complete", $"payment_method={token}");
        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("complete", (string?)done["status"]);
        Assert.Equal("unpaid", (string?)done["payment_status"]);
        Assert.Equal(status, (string?)(await box.GetAsync($"/v1/checkout/sessions/{session["id"]}"))["payment_status"]);
        Assert.Equal(told, box.Told[^1]);
    }

    [Fact]
    public async Task The_private_page_of_stripes_own_client_completes_a_session()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);
        var method = await box.PostAsync("/v1/payment_methods", "type=card", "card[token]=tok_visa",
            "billing_details[email]=stripe@example.com", "billing_details[address][city]=London");
        await box.GetAsync($"/v1/payment_pages/{session["id"]}");
        var confirm = $"/v1/payment_pages/{session["id"]}/confirm";

        await box.RefusedAsync(400, "POST", confirm, $"payment_method={method["id"]}", "expected_amount=1");
        await box.PostAsync(confirm, $"payment_method={method["id"]}", "expected_amount=3000");

        var done = await box.GetAsync($"/v1/checkout/sessions/{session["id"]}");
        Assert.Equal("complete", (string?)done["status"]);
        Assert.Equal("London", (string?)done["customer_details"]!["address"]!["city"]);
    }

    [Fact]
    public async Task Setup_mode_keeps_a_payment_method_for_a_customer()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "email=ada@example.com");
        var session = await box.PostAsync("/v1/checkout/sessions",
            "mode=setup", "success_url=https://example.com/done", $"customer={customer["id"]}", "currency=usd");
        Assert.Equal("no_payment_required", (string?)session["payment_status"]);

        var done = await box.PostAsync($"/_simulator/checkout/sessions/{session["id"]}/complete");

        Assert.Equal("complete", (string?)done["status"]);
        Assert.Equal("succeeded", (string?)(await box.GetAsync($"/v1/setup_intents/{done["setup_intent"]}"))["status"]);
        Assert.Single((await box.GetAsync($"/v1/customers/{customer["id"]}/payment_methods"))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_abandoned_session_expires_after_a_day_or_on_demand()
    {
        await using var box = await Box.OpenAsync();
        var abandoned = await box.PostAsync("/v1/checkout/sessions", Shirt);
        var ended = await box.PostAsync("/v1/checkout/sessions", Shirt);

        await box.PostAsync($"/v1/checkout/sessions/{ended["id"]}/expire");
        await box.PassAsync(TimeSpan.FromDays(1));

        Assert.Equal("expired", (string?)(await box.GetAsync($"/v1/checkout/sessions/{abandoned["id"]}"))["status"]);
        Assert.Equal(2, box.Told.Count(told => told is "checkout.session.expired"));
        await box.RefusedAsync(400, "POST", $"/v1/checkout/sessions/{ended["id"]}/expire");
    }

    [Theory]
    [InlineData("2026-10-28.endive", "hosted_page", 400)]
    [InlineData("2026-02-25.clover", "hosted", 200)]
    public async Task The_way_a_page_is_shown_has_a_name_by_version(string version, string name, int old)
    {
        await using var box = await Box.OpenAsync(new SimulatorOptions { Version = ApiVersion.Of(version) });

        var session = await box.PostAsync("/v1/checkout/sessions", Shirt);
        var answer = await box.SendAsync("POST", "/v1/checkout/sessions", [.. Shirt, "ui_mode=hosted"]);

        Assert.Equal(name, (string?)session["ui_mode"]);
        Assert.Equal(old, answer.Status);
    }

    [Theory]
    [InlineData("mode=payment", "line_items")]
    [InlineData("mode=setup&line_items[0][price]=price_1&line_items[0][quantity]=1", "line_items")]
    [InlineData("mode=party", "mode")]
    [InlineData("mode=setup&expires_at=1", "expires_at")]
    [InlineData("mode=setup&payment_intent_data[description]=x", "payment_intent_data")]
    [InlineData("mode=setup&ui_mode=elements", "return_url")]
    public async Task A_session_that_makes_no_sense_is_refused(string asked, string param)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/checkout/sessions",
            [.. asked.Split('&'), "success_url=https://example.com/done"]);

        Assert.Equal(param, (string?)error["param"]);
        Assert.Empty(box.World.Everything());
    }

    [Theory]
    [InlineData("0.5", 1000, 500)]
    [InlineData("33.3", 5, 167)]
    public async Task Fractions_of_a_cent_are_rounded_once_for_the_line(string unit, int quantity, int total)
    {
        await using var box = await Box.OpenAsync();

        var session = await box.PostAsync("/v1/checkout/sessions",
            "mode=payment", "success_url=https://example.com/done", $"line_items[0][quantity]={quantity}",
            "line_items[0][price_data][currency]=usd", $"line_items[0][price_data][unit_amount_decimal]={unit}",
            "line_items[0][price_data][product_data][name]=Sheets");
        var done = await box.PostAsync($"/_simulator/checkout/sessions/{session["id"]}/complete");

        Assert.Equal(total, (long?)session["amount_total"]);
        var intent = await box.GetAsync($"/v1/payment_intents/{done["payment_intent"]}");
        Assert.Equal(total, (long?)intent["amount_received"]);
    }

    [Theory]
    [InlineData("payment")]
    [InlineData("subscription")]
    public async Task A_session_whose_customer_was_deleted_cannot_be_completed(string mode)
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "email=ada@example.com");
        string[] rhythm = mode is "payment" ? [] : ["line_items[0][price_data][recurring][interval]=month"];
        var session = await box.PostAsync(
            "/v1/checkout/sessions", [.. Shirt.Skip(1), .. rhythm, $"mode={mode}", $"customer={customer["id"]}"]);
        await box.DeleteAsync($"/v1/customers/{customer["id"]}");

        var error = await box.RefusedAsync(400, "POST", $"/_simulator/checkout/sessions/{session["id"]}/complete");

        Assert.Equal("resource_missing", (string?)error["code"]);
        Assert.Equal("customer", (string?)error["param"]);
    }

    [Fact]
    public async Task A_customer_is_made_when_it_was_asked_for()
    {
        await using var box = await Box.OpenAsync();
        var session = await box.PostAsync("/v1/checkout/sessions", [.. Shirt, "customer_creation=always"]);

        var done = await box.PostAsync(
            $"/_simulator/checkout/sessions/{session["id"]}/complete", "email=ada@example.com", "expand[]=customer");

        Assert.Equal("ada@example.com", (string?)done["customer"]!["email"]);
    }
}
