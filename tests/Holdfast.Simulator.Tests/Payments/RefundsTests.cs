using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Tests.Payments;

public sealed class RefundsTests
{
    [Fact]
    public async Task Money_goes_back_in_parts_until_none_is_left()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa");

        await box.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}", "amount=500");
        var between = await box.GetAsync($"/v1/charges/{intent["latest_charge"]}", "expand[]=refunds");
        await box.PostAsync("/v1/refunds", $"charge={intent["latest_charge"]}");
        var charge = await box.GetAsync($"/v1/charges/{intent["latest_charge"]}");

        Assert.False((bool)between["refunded"]!);
        Assert.Single(between["refunds"]!["data"]!.AsArray());
        Assert.Equal(2000, (long?)charge["amount_refunded"]);
        Assert.True((bool)charge["refunded"]!);
        Assert.Equal(["refund.created", "charge.refunded", "refund.created", "charge.refunded"], box.Told[^4..]);
        var error = await box.RefusedAsync(400, "POST", "/v1/refunds", $"charge={intent["latest_charge"]}");
        Assert.Equal("charge_already_refunded", (string?)error["code"]);
    }

    [Fact]
    public async Task More_than_what_is_left_is_refused()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_visa");

        var error = await box.RefusedAsync(400, "POST", "/v1/refunds", $"payment_intent={intent["id"]}", "amount=2001");

        Assert.Equal("amount", (string?)error["param"]);
    }

    [Fact]
    public async Task A_refund_can_succeed_and_fail_later()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_refundFail");
        var refund = await box.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}");
        Assert.Equal("succeeded", (string?)refund["status"]);

        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("failed", (string?)(await box.GetAsync($"/v1/refunds/{refund["id"]}"))["status"]);
        Assert.Equal(0, (long?)(await box.GetAsync($"/v1/charges/{intent["latest_charge"]}"))["amount_refunded"]);
        Assert.Equal(["refund.updated", "charge.refund.updated", "refund.failed"], box.Told[^3..]);
    }

    [Fact]
    public async Task A_refund_can_wait_for_the_bank()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_pendingRefund");
        var refund = await box.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}");
        Assert.Equal("pending", (string?)refund["status"]);

        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("succeeded", (string?)(await box.GetAsync($"/v1/refunds/{refund["id"]}"))["status"]);
        Assert.Equal(["refund.updated", "charge.refund.updated"], box.Told[^2..]);
    }

    [Fact]
    public async Task An_old_version_shows_the_refunds_of_a_charge_unasked()
    {
        await using var box = await Box.OpenAsync(new SimulatorOptions { Version = ApiVersion.Of("2019-12-03") });
        var intent = await PayAsync(box, "pm_card_visa");
        await box.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}");

        var read = await box.GetAsync($"/v1/payment_intents/{intent["id"]}");

        Assert.False(read.ContainsKey("latest_charge"));
        Assert.Single(read["charges"]!["data"]![0]!["refunds"]!["data"]!.AsArray());
        Assert.True(read["charges"]!["data"]![0]!.AsObject().ContainsKey("invoice"));
    }

    [Fact]
    public async Task The_old_way_to_charge_a_token_still_works_and_declines()
    {
        await using var box = await Box.OpenAsync();

        var charge = await box.PostAsync(
            "/v1/charges", "amount=700", "currency=usd", "source=tok_visa", "capture=false");
        var captured = await box.PostAsync($"/v1/charges/{charge["id"]}/capture");
        var error = await box.RefusedAsync(
            402, "POST", "/v1/charges", "amount=700", "currency=usd", "source=tok_chargeDeclined");

        Assert.True((bool)captured["captured"]!);
        Assert.Equal("card_declined", (string?)error["code"]);
        Assert.Equal("failed", (string?)(await box.GetAsync($"/v1/charges/{error["charge"]}"))["status"]);
        Assert.Equal(["charge.succeeded", "charge.captured", "charge.failed"], box.Told);
    }

    private static Task<JsonObject> PayAsync(Box box, string token) => box.PostAsync(
        "/v1/payment_intents", "amount=2000", "currency=usd", "confirm=true", $"payment_method={token}");
}
