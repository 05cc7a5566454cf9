using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

/// <summary>Tries one card in all the ways that matter, and tells in words what it did.</summary>
internal sealed class CardTrial(Box box, string number)
{
    private readonly List<string> _told = [];

    public async Task<string> DescribeAsync()
    {
        var made = await MakeAsync();
        if (made.Status is not 200)
        {
            return ErrorIn(made.Json["error"]!);
        }

        var (present, charge) = await PayAsync((string?)made.Json["id"]);
        _told.Add(present);
        var alone = await PayAnewAsync("off_session=true");
        Add("alone", alone, unless: present.StartsWith("asks", StringComparison.Ordinal) ? "" : present);
        var kept = await KeepAsync();
        if (kept is not null)
        {
            var (again, _) = await PayAsync(kept.Value.Method, "off_session=true", kept.Value.Customer);
            Add("once set up", again, alone);
        }

        Add("asked for", await PayAnewAsync("payment_method_options[card][request_three_d_secure]=any"), present);
        if (kept is null)
        {
            _told.Add("not kept");
        }

        await TellChargeAsync(charge);
        return string.Join("; ", _told);
    }

    private Task<ApiResponse> MakeAsync() => box.SendAsync("POST", "/v1/payment_methods", "type=card",
        $"card[number]={number}", "card[exp_month]=12", "card[exp_year]=2030", "card[cvc]=123");

    private async Task<string> PayAnewAsync(string how) =>
        (await PayAsync((string?)(await MakeAsync()).Json["id"], how)).Ends;

    private async Task<(string Ends, string? Charge)> PayAsync(string? method, params string[] more)
    {
        var answer = await box.SendAsync("POST", "/v1/payment_intents",
            ["amount=2000", "currency=usd", "confirm=true", $"payment_method={method}", .. more]);
        if (answer.Json["error"] is { } error)
        {
            Assert.Equal(402, answer.Status);
            Assert.Equal("requires_payment_method", (string?)error["payment_intent"]!["status"]);
            return (ErrorIn(error), (string?)error["charge"]);
        }

        var (intent, asks) = (answer.Json, "");
        if ((string?)intent["status"] is "requires_action")
        {
            intent = await box.PostAsync($"/_simulator/payment_intents/{intent["id"]}/authenticate");
            asks = "asks, ";
        }

        var ends = intent["last_payment_error"] is { } failed ? ErrorIn(failed) : (string?)intent["status"];
        return (asks + (ends is "succeeded" ? "paid" : ends), (string?)intent["latest_charge"]);
    }

    private async Task<(string? Method, string Customer)?> KeepAsync()
    {
        var customer = $"customer={(await box.PostAsync("/v1/customers"))["id"]}";
        var setup = await box.SendAsync("POST", "/v1/setup_intents",
            "confirm=true", customer, $"payment_method={(await MakeAsync()).Json["id"]}");
        if (setup.Status is 402)
        {
            return null;
        }

        var done = (string?)setup.Json["status"] is "requires_action"
            ? await box.PostAsync($"/_simulator/setup_intents/{setup.Json["id"]}/authenticate") : setup.Json;
        Assert.Equal("succeeded", (string?)done["status"]);
        return ((string?)done["payment_method"], customer);
    }

    private async Task TellChargeAsync(string? id)
    {
        await box.PassAsync(TimeSpan.FromSeconds(2));
        var charge = await box.GetAsync($"/v1/charges/{id}", "expand[]=balance_transaction");
        var checks = charge["payment_method_details"]!["card"]!["checks"]!;
        Add("cvc", (string?)checks["cvc_check"], "pass");
        Add("line1", (string?)checks["address_line1_check"], null);
        Add("postal", (string?)checks["address_postal_code_check"], null);
        Add("risk", (string?)charge["outcome"]!["risk_level"], "normal");
        if ((string?)charge["outcome"]!["type"] is "blocked" or "manual_review")
        {
            _told.Add($"{charge["outcome"]!["type"]}");
        }

        if ((bool)charge["paid"]!)
        {
            await TellAftermathAsync(id, (string?)charge["balance_transaction"]!["status"] is "available");
        }
    }

    private async Task TellAftermathAsync(string? charge, bool isAvailable)
    {
        foreach (var dispute in (await box.GetAsync("/v1/disputes", $"charge={charge}"))["data"]!.AsArray())
        {
            _told.Add($"{dispute!["payment_method_details"]!["card"]!["case_type"]} {dispute["reason"]}");
        }

        var warnings = await box.GetAsync("/v1/radar/early_fraud_warnings", $"charge={charge}");
        foreach (var warning in warnings["data"]!.AsArray())
        {
            _told.Add($"warning {warning!["fraud_type"]}");
        }

        var refund = await box.SendAsync("POST", "/v1/refunds", $"charge={charge}");
        if (refund.Status is 200)
        {
            await box.PassAsync(TimeSpan.FromMinutes(1));
            var last = await box.GetAsync($"/v1/refunds/{refund.Json["id"]}");
            Add("refund", $"{refund.Json["status"]}, {last["status"]}", "succeeded, succeeded");
        }

        if (isAvailable)
        {
            _told.Add("available at once");
        }
    }

    private void Add(string what, string? value, string? unless)
    {
        if (value != unless)
        {
            _told.Add($"{what} {value}");
        }
    }

    /// <summary>Its code, and the bank's reason where that says more.</summary>
    private static string ErrorIn(JsonNode error)
    {
        var (code, reason) = ((string?)error["code"], (string?)error["decline_code"]);
        return reason is null || reason == code ? code! : $"{code}/{reason}";
    }
}
