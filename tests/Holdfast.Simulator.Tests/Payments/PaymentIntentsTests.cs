using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

public sealed class PaymentIntentsTests
{
    [Fact]
    public async Task A_good_card_pays_at_once_and_the_events_come_in_order()
    {
        await using var box = await Box.OpenAsync();

        var intent = await PayAsync(box, "pm_card_visa");

        Assert.Equal("succeeded", (string?)intent["status"]);
        Assert.Equal(2000, (long?)intent["amount_received"]);
        Assert.Equal(["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"], box.Told);
        var charge = await box.GetAsync($"/v1/charges/{intent["latest_charge"]}");
        Assert.True((bool)charge["paid"]!);
        Assert.Null(charge["balance_transaction"]);
    }

    [Fact]
    public async Task The_balance_transaction_of_an_automatic_async_charge_comes_two_seconds_later()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa");

        await box.PassAsync(TimeSpan.FromSeconds(2));

        var charge = await box.GetAsync($"/v1/charges/{intent["latest_charge"]}", "expand[]=balance_transaction");
        Assert.Equal("charge.updated", box.Told[^1]);
        Assert.Equal(2000 - 88, (long?)charge["balance_transaction"]!["net"]);
        Assert.Null(box.LastOf("charge.updated").Cause.RequestId);
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_visa_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds")]
    [InlineData("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card")]
    [InlineData("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card")]
    [InlineData("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card", null)]
    [InlineData("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", null)]
    [InlineData("pm_card_chargeDeclinedProcessingError", "processing_error", null)]
    [InlineData("pm_card_chargeCustomerFail", "card_declined", "generic_decline")]
    [InlineData("pm_card_radarBlock", "card_declined", "fraudulent")]
    public async Task A_declining_card_answers_402_and_leaves_its_traces(string token, string code, string? declineCode)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_intents",
            "amount=2000", "currency=usd", "confirm=true", $"payment_method={token}");

        Assert.Equal("card_error", (string?)error["type"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal(declineCode, (string?)error["decline_code"]);
        var intent = await box.GetAsync($"/v1/payment_intents/{error["payment_intent"]!["id"]}");
        Assert.Equal("requires_payment_method", (string?)intent["status"]);
        Assert.Equal(code, (string?)intent["last_payment_error"]!["code"]);
        Assert.Equal(code, (string?)(await box.GetAsync($"/v1/charges/{error["charge"]}"))["failure_code"]);
        Assert.Equal(["payment_intent.created", "charge.failed", "payment_intent.payment_failed"], box.Told);
    }

    [Fact]
    public async Task A_declined_intent_is_paid_by_another_card()
    {
        await using var box = await Box.OpenAsync();
        var error = await box.RefusedAsync(402, "POST", "/v1/payment_intents",
            "amount=2000", "currency=usd", "confirm=true", "payment_method=pm_card_chargeDeclined");

        var intent = await box.PostAsync(
            $"/v1/payment_intents/{error["payment_intent"]!["id"]}/confirm", "payment_method=pm_card_visa");

        Assert.Equal("succeeded", (string?)intent["status"]);
        Assert.Null(intent["last_payment_error"]);
    }

    [Fact]
    public async Task An_unknown_parameter_beside_a_declining_card_undoes_all()
    {
        await using var box = await Box.OpenAsync();

        await box.RefusedAsync(400, "POST", "/v1/payment_intents",
            "amount=2000", "currency=usd", "confirm=true", "payment_method=pm_card_chargeDeclined", "colour=red");

        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task Three_d_secure_waits_for_the_customer_and_then_pays()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_authenticationRequired", "return_url=https://example.com/back");
        Assert.Equal("requires_action", (string?)intent["status"]);
        Assert.Equal("https://example.com/back", (string?)intent["next_action"]!["redirect_to_url"]!["return_url"]);

        var paid = await box.PostAsync($"/_simulator/payment_intents/{intent["id"]}/authenticate");

        Assert.Equal("succeeded", (string?)paid["status"]);
        Assert.Equal("payment_intent.created", box.Told[0]);
        Assert.Equal(["payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded"], box.Told[1..]);
    }

    [Fact]
    public async Task A_customer_who_fails_three_d_secure_can_try_again()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_authenticationRequired");
        Assert.Equal("use_stripe_sdk", (string?)intent["next_action"]!["type"]);

        var failed = await box.PostAsync($"/_simulator/payment_intents/{intent["id"]}/authenticate", "outcome=failed");

        Assert.Equal("requires_payment_method", (string?)failed["status"]);
        Assert.Equal("payment_intent_authentication_failure", (string?)failed["last_payment_error"]!["code"]);
        Assert.Equal("payment_intent.payment_failed", box.Told[^1]);
    }

    [Fact]
    public async Task Off_session_a_card_that_needs_its_holder_is_declined()
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_intents", "amount=2000", "currency=usd",
            "confirm=true", "off_session=true", "payment_method=pm_card_authenticationRequired");

        Assert.Equal("authentication_required", (string?)error["code"]);
        Assert.Equal("requires_payment_method", (string?)error["payment_intent"]!["status"]);
    }

    [Fact]
    public async Task A_seller_can_refuse_to_wait_for_the_customer()
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(402, "POST", "/v1/payment_intents", "amount=2000", "currency=usd",
            "confirm=true", "error_on_requires_action=true", "payment_method=pm_card_authenticationRequired");

        Assert.Equal("authentication_required", (string?)error["code"]);
        Assert.DoesNotContain("payment_intent.requires_action", box.Told);
    }

    [Fact]
    public async Task Three_d_secure_can_be_asked_for_where_the_bank_does_not()
    {
        await using var box = await Box.OpenAsync();

        var intent = await PayAsync(
            box, "pm_card_threeDSecureOptional", "payment_method_options[card][request_three_d_secure]=challenge");

        Assert.Equal("requires_action", (string?)intent["status"]);
    }

    [Fact]
    public async Task A_card_whose_bank_takes_no_part_in_three_d_secure_pays_though_it_was_asked_for()
    {
        await using var box = await Box.OpenAsync();

        var intent = await PayAsync(
            box, "pm_card_visa", "payment_method_options[card][request_three_d_secure]=challenge");

        Assert.Equal("succeeded", (string?)intent["status"]);
    }

    [Fact]
    public async Task Money_set_aside_is_taken_in_part_and_the_rest_let_go()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa", "capture_method=manual");
        Assert.Equal("requires_capture", (string?)intent["status"]);
        Assert.Equal(2000, (long?)intent["amount_capturable"]);

        var taken = await box.PostAsync($"/v1/payment_intents/{intent["id"]}/capture", "amount_to_capture=1500");

        Assert.Equal("succeeded", (string?)taken["status"]);
        Assert.Equal(1500, (long?)taken["amount_received"]);
        Assert.Equal(["charge.captured", "payment_intent.succeeded"], box.Told[^2..]);
    }

    [Fact]
    public async Task A_hold_that_nobody_takes_runs_out_after_a_week()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa", "capture_method=manual");

        await box.PassAsync(TimeSpan.FromDays(7));

        var read = await box.GetAsync($"/v1/payment_intents/{intent["id"]}");
        Assert.Equal("canceled", (string?)read["status"]);
        Assert.Equal("automatic", (string?)read["cancellation_reason"]);
        Assert.Equal(["charge.expired", "payment_intent.canceled"], box.Told[^2..]);
    }

    [Theory]
    [InlineData("pm_sepaDebit_success_de", "succeeded", 5)]
    [InlineData("pm_sepaDebit_successDelayed_de", "succeeded", 180)]
    [InlineData("pm_usBankAccount_success", "succeeded", 5)]
    [InlineData("pm_bacsDebit_insufficientFundsDelayed", "requires_payment_method", 180)]
    [InlineData("pm_auBecsDebit_failed", "requires_payment_method", 5)]
    public async Task A_bank_debit_is_in_process_until_the_bank_answers(string token, string status, int seconds)
    {
        await using var box = await Box.OpenAsync();
        var currency = token.Contains("sepa", StringComparison.Ordinal) ? "eur"
            : token.Contains("bacs", StringComparison.Ordinal) ? "gbp"
            : token.Contains("Becs", StringComparison.Ordinal) ? "aud" : "usd";
        var intent = await box.PostAsync("/v1/payment_intents",
            "amount=2000", $"currency={currency}", "confirm=true", $"payment_method={token}");
        Assert.Equal("processing", (string?)intent["status"]);
        Assert.Equal(["charge.pending", "payment_intent.processing"], box.Told[^2..]);

        await box.PassAsync(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal("processing", (string?)(await box.GetAsync($"/v1/payment_intents/{intent["id"]}"))["status"]);
        await box.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(status, (string?)(await box.GetAsync($"/v1/payment_intents/{intent["id"]}"))["status"]);
    }

    [Fact]
    public async Task A_paid_intent_can_be_neither_canceled_nor_confirmed()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa");

        var error = await box.RefusedAsync(400, "POST", $"/v1/payment_intents/{intent["id"]}/cancel");
        await box.RefusedAsync(400, "POST", $"/v1/payment_intents/{intent["id"]}/confirm");

        Assert.Equal("payment_intent_unexpected_state", (string?)error["code"]);
    }

    [Theory]
    [InlineData("amount=3000")]
    [InlineData("currency=eur")]
    [InlineData("capture_method=manual")]
    [InlineData("payment_method=pm_card_visa")]
    public async Task A_paid_intent_takes_a_description_but_nothing_that_touches_the_money(string change)
    {
        await using var box = await Box.OpenAsync();
        var path = $"/v1/payment_intents/{(await PayAsync(box, "pm_card_visa"))["id"]}";

        var error = await box.RefusedAsync(400, "POST", path, change);
        var described = await box.PostAsync(path, "description=Shirt");

        Assert.Equal("payment_intent_unexpected_state", (string?)error["code"]);
        Assert.Equal("succeeded", (string?)error["payment_intent"]!["status"]);
        Assert.Equal("Shirt", (string?)described["description"]);
    }

    [Theory]
    [InlineData("amount", "100")]
    [InlineData("currency", "eur")]
    [InlineData("customer", "cus_other")]
    [InlineData("capture_method", "manual")]
    public async Task What_an_invoice_decides_of_its_payment_cannot_be_changed(string name, string value)
    {
        await using var box = await Box.OpenAsync();
        var customer = (await box.PostAsync("/v1/customers"))["id"];
        await box.PostAsync("/v1/invoiceitems", $"customer={customer}", "amount=2000", "currency=usd");
        var invoice = await box.PostAsync(
            "/v1/invoices", $"customer={customer}", "auto_advance=false", "pending_invoice_items_behavior=include");
        await box.PostAsync($"/v1/invoices/{invoice["id"]}/finalize");
        var intent = (await box.GetAsync("/v1/payment_intents", $"customer={customer}"))["data"]![0]!;

        var error = await box.RefusedAsync(400, "POST", $"/v1/payment_intents/{intent["id"]}", $"{name}={value}");

        Assert.Equal("payment_intent_unexpected_state", (string?)error["code"]);
        Assert.Equal(name, (string?)error["param"]);
    }

    [Theory]
    [InlineData("automatic", null, "requires_confirmation")]
    [InlineData("automatic", "duplicate", "requires_confirmation")]
    [InlineData("manual", null, "requires_capture")]
    public async Task A_canceled_intent_is_told_as_it_is_shown(string capture, string? reason, string status)
    {
        await using var box = await Box.OpenAsync();
        var intent = await box.PostAsync("/v1/payment_intents", "amount=2000", "currency=usd",
            "payment_method=pm_card_visa", $"capture_method={capture}",
            capture is "manual" ? "confirm=true" : "confirm=false");
        Assert.Equal(status, (string?)intent["status"]);

        var canceled = await box.PostAsync($"/v1/payment_intents/{intent["id"]}/cancel",
            reason is null ? [] : [$"cancellation_reason={reason}"]);

        Assert.Equal("canceled", (string?)canceled["status"]);
        Assert.Equal(reason, (string?)canceled["cancellation_reason"]);
        Assert.NotNull(canceled["canceled_at"]);
        Assert.Equal(0, (long?)canceled["amount_capturable"]);
        Assert.True(JsonNode.DeepEquals(canceled, JsonNode.Parse(box.LastOf("payment_intent.canceled").Body)));
        if (capture is "manual")
        {
            Assert.Equal(["charge.refunded", "payment_intent.canceled"], box.Told[^2..]);
            Assert.True((bool)(await box.GetAsync($"/v1/charges/{intent["latest_charge"]}"))["refunded"]!);
        }
    }

    [Fact]
    public async Task With_manual_confirmation_the_seller_confirms_again_after_three_d_secure()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_authenticationRequired", "confirmation_method=manual");
        Assert.Equal("requires_action", (string?)intent["status"]);

        var back = await box.PostAsync($"/_simulator/payment_intents/{intent["id"]}/authenticate");
        var paid = await box.PostAsync($"/v1/payment_intents/{intent["id"]}/confirm");

        Assert.Equal("requires_confirmation", (string?)back["status"]);
        Assert.Equal("succeeded", (string?)paid["status"]);
    }

    [Theory]
    [InlineData("amount=0", "parameter_invalid_integer")]
    [InlineData("amount=-5", "parameter_invalid_integer")]
    [InlineData("amount=49", "amount_too_small")]
    [InlineData("amount=100000000", "amount_too_large")]
    [InlineData("amount=ten", "parameter_invalid_integer")]
    public async Task An_amount_that_cannot_be_charged_is_refused(string amount, string code)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/payment_intents", amount, "currency=usd");

        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal("amount", (string?)error["param"]);
    }

    private static Task<JsonObject> PayAsync(Box box, string token, params string[] more) => box.PostAsync(
        "/v1/payment_intents", ["amount=2000", "currency=usd", "confirm=true", $"payment_method={token}", .. more]);
}
