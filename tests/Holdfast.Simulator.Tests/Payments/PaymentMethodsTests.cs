using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

public sealed class PaymentMethodsTests
{
    [Fact]
    public async Task A_test_token_becomes_a_payment_method_of_its_own_on_each_use()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");

        var one = await box.PostAsync("/v1/payment_methods/pm_card_visa/attach", $"customer={customer["id"]}");
        var other = await box.PostAsync("/v1/payment_methods/pm_card_mastercard/attach", $"customer={customer["id"]}");

        var listed = await box.GetAsync("/v1/payment_methods", $"customer={customer["id"]}", "type=card");
        Assert.Equal(
            [(string?)other["id"], (string?)one["id"]], listed["data"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.Equal("4444", (string?)other["card"]!["last4"]);
        Assert.Equal(["customer.created", "payment_method.attached", "payment_method.attached"], box.Told);
    }

    [Fact]
    public async Task A_card_that_its_bank_declines_cannot_be_attached()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");

        var error = await box.RefusedAsync(
            402, "POST", "/v1/payment_methods/pm_card_visa_chargeDeclined/attach", $"customer={customer["id"]}");

        Assert.Equal("card_declined", (string?)error["code"]);
        Assert.Empty((await box.GetAsync($"/v1/customers/{customer["id"]}/payment_methods"))["data"]!.AsArray());
    }

    [Fact]
    public async Task The_card_for_dunning_attaches_and_fails_each_charge()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "payment_method=pm_card_chargeCustomerFail");
        var method = (await box.GetAsync($"/v1/customers/{customer["id"]}/payment_methods"))["data"]![0]!;

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_intents", "amount=2000", "currency=usd",
            "confirm=true", "off_session=true", $"customer={customer["id"]}", $"payment_method={method["id"]}");

        Assert.Equal("card_declined", (string?)error["code"]);
    }

    [Fact]
    public async Task One_token_named_twice_for_a_new_customer_is_one_method_and_the_default()
    {
        await using var box = await Box.OpenAsync();

        var customer = await box.PostAsync("/v1/customers",
            "payment_method=pm_card_visa", "invoice_settings[default_payment_method]=pm_card_visa");

        var listed = (await box.GetAsync($"/v1/customers/{customer["id"]}/payment_methods"))["data"]!.AsArray();
        Assert.Equal(
            (string?)Assert.Single(listed)!["id"], (string?)customer["invoice_settings"]!["default_payment_method"]);
    }

    [Fact]
    public async Task A_detached_method_is_no_default_any_more_and_cannot_be_used_again()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "invoice_settings[default_payment_method]=pm_card_visa");
        var id = (string?)customer["invoice_settings"]!["default_payment_method"];

        await box.PostAsync($"/v1/payment_methods/{id}/detach");

        var read = await box.GetAsync($"/v1/customers/{customer["id"]}");
        Assert.Null(read["invoice_settings"]!["default_payment_method"]);
        await box.RefusedAsync(400, "POST", $"/v1/payment_methods/{id}/attach", $"customer={customer["id"]}");
    }

    [Fact]
    public async Task A_method_of_one_customer_pays_for_no_other()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers", "invoice_settings[default_payment_method]=pm_card_visa");
        var id = (string?)customer["invoice_settings"]!["default_payment_method"];

        await box.RefusedAsync(
            400, "POST", "/v1/payment_intents", "amount=500", "currency=usd", $"payment_method={id}");
    }

    [Fact]
    public async Task A_card_that_was_set_up_pays_without_its_holder()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");
        var setup = await box.PostAsync("/v1/setup_intents", $"customer={customer["id"]}", "confirm=true",
            "payment_method=pm_card_authenticationRequiredOnSetup");
        Assert.Equal("requires_action", (string?)setup["status"]);

        var done = await box.PostAsync($"/_simulator/setup_intents/{setup["id"]}/authenticate");
        var intent = await box.PostAsync("/v1/payment_intents", "amount=500", "currency=usd", "confirm=true",
            "off_session=true", $"customer={customer["id"]}", $"payment_method={done["payment_method"]}");

        Assert.Equal("succeeded", (string?)done["status"]);
        Assert.Equal("succeeded", (string?)intent["status"]);
        Assert.Equal(
            ["customer.created", "setup_intent.created", "setup_intent.requires_action", "payment_method.attached",
             "setup_intent.succeeded"], box.Told[..5]);
    }

    [Fact]
    public async Task A_setup_that_is_done_changes_no_more()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");
        var setup = await box.PostAsync("/v1/setup_intents", "confirm=true", "payment_method=pm_card_visa");
        var path = $"/v1/setup_intents/{setup["id"]}";

        var method = await box.RefusedAsync(400, "POST", path, "payment_method=pm_card_mastercard");
        var owner = await box.RefusedAsync(400, "POST", path, $"customer={customer["id"]}");
        var described = await box.PostAsync(path, "description=For later");

        Assert.Equal("setup_intent_unexpected_state", (string?)method["code"]);
        Assert.Equal("setup_intent_unexpected_state", (string?)owner["code"]);
        Assert.Equal("succeeded", (string?)described["status"]);
        Assert.Equal((string?)setup["payment_method"], (string?)described["payment_method"]);
    }

    [Fact]
    public async Task A_canceled_setup_is_over()
    {
        await using var box = await Box.OpenAsync();
        var setup = await box.PostAsync("/v1/setup_intents", "payment_method=pm_card_visa");
        var path = $"/v1/setup_intents/{setup["id"]}";

        var canceled = await box.PostAsync($"{path}/cancel", "cancellation_reason=abandoned");

        Assert.Equal("canceled", (string?)canceled["status"]);
        Assert.Equal("abandoned", (string?)canceled["cancellation_reason"]);
        Assert.Equal("setup_intent.canceled", box.Told[^1]);
        foreach (var again in (string[])["", "/confirm", "/cancel"])
        {
            var error = await box.RefusedAsync(400, "POST", path + again,
                again is "/cancel" ? [] : ["payment_method=pm_card_visa"]);
            Assert.Equal("setup_intent_unexpected_state", (string?)error["code"]);
        }
    }

    [Fact]
    public async Task Only_a_method_that_is_the_customers_becomes_their_default()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");
        var other = await box.PostAsync("/v1/customers", "invoice_settings[default_payment_method]=pm_card_visa");
        var loose = await box.PostAsync("/v1/payment_methods", "type=card", "card[token]=tok_visa");
        string?[] foreign = [(string?)loose["id"], (string?)other["invoice_settings"]!["default_payment_method"]];

        foreach (var id in foreign)
        {
            var error = await box.RefusedAsync(400, "POST", $"/v1/customers/{customer["id"]}",
                $"invoice_settings[default_payment_method]={id}");
            Assert.Equal("resource_missing", (string?)error["code"]);
            Assert.Equal("invoice_settings[default_payment_method]", (string?)error["param"]);
            error = await box.RefusedAsync(
                400, "POST", "/v1/invoices", $"customer={customer["id"]}", $"default_payment_method={id}");
            Assert.Equal("resource_missing", (string?)error["code"]);
        }

        Assert.Null((await box.GetAsync($"/v1/payment_methods/{loose["id"]}"))["customer"]);
    }

    [Fact]
    public async Task A_declined_setup_says_so_in_the_intent_and_the_answer()
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(
            402, "POST", "/v1/setup_intents", "confirm=true", "payment_method=pm_card_visa_chargeDeclined");

        Assert.Equal("requires_payment_method", (string?)error["setup_intent"]!["status"]);
        Assert.Equal("generic_decline", (string?)error["decline_code"]);
        Assert.Equal(["setup_intent.created", "setup_intent.setup_failed"], box.Told);
    }

    [Fact]
    public async Task A_browser_confirms_with_the_publishable_key_and_the_secret_of_the_intent_alone()
    {
        await using var box = await Box.OpenAsync();
        var intent = await box.PostAsync("/v1/payment_intents", "amount=500", "currency=usd");
        var path = $"/v1/payment_intents/{intent["id"]}/confirm";

        Assert.Equal(400, (await box.FromBrowserAsync(path, "payment_method=pm_card_visa")).Status);
        var wrong = await box.FromBrowserAsync(path, "payment_method=pm_card_visa", "client_secret=pi_x_secret_y");
        Assert.Equal(400, wrong.Status);
        Assert.Equal(401, (await box.FromBrowserAsync("/v1/customers")).Status);
        var paid = await box.FromBrowserAsync(
            path, "payment_method=pm_card_visa", $"client_secret={intent["client_secret"]}");

        Assert.Equal("succeeded", (string?)paid.Json["status"]);
    }
}
