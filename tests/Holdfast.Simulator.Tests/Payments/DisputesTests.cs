using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Payments;

public sealed class DisputesTests
{
    [Fact]
    public async Task A_disputed_charge_loses_its_money_and_cannot_be_refunded()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_createDispute");

        var dispute = await DisputeOf(box, intent);

        Assert.Equal("needs_response", (string?)dispute["status"]);
        Assert.Equal("fraudulent", (string?)dispute["reason"]);
        Assert.Equal(-2000 - 1500, (long?)dispute["balance_transactions"]![0]!["net"]);
        Assert.True((bool)(await box.GetAsync($"/v1/charges/{intent["latest_charge"]}"))["disputed"]!);
        Assert.Equal(["charge.dispute.created", "charge.dispute.funds_withdrawn"], box.Told[^2..]);
        var error = await box.RefusedAsync(400, "POST", "/v1/refunds", $"payment_intent={intent["id"]}");
        Assert.Equal("charge_disputed", (string?)error["code"]);
    }

    [Theory]
    [InlineData("winning_evidence", "won")]
    [InlineData("losing_evidence", "lost")]
    public async Task The_evidence_decides(string evidence, string status)
    {
        await using var box = await Box.OpenAsync();
        var dispute = await DisputeOf(box, await PayAsync(box, "pm_card_createDispute"));

        var submitted = await box.PostAsync(
            $"/v1/disputes/{dispute["id"]}", $"evidence[uncategorized_text]={evidence}");
        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("under_review", (string?)submitted["status"]);
        Assert.Equal(1, (long?)submitted["evidence_details"]!["submission_count"]);
        Assert.Equal(status, (string?)(await box.GetAsync($"/v1/disputes/{dispute["id"]}"))["status"]);
        Assert.Contains("charge.dispute.updated", box.Told);
        Assert.Contains("charge.dispute.closed", box.Told);
        Assert.Equal(status is "won", box.Told.Contains("charge.dispute.funds_reinstated"));
    }

    [Fact]
    public async Task A_dispute_nobody_answers_is_lost_when_its_time_is_over()
    {
        await using var box = await Box.OpenAsync();
        var dispute = await DisputeOf(box, await PayAsync(box, "pm_card_createDisputeProductNotReceived"));

        await box.PassAsync(TimeSpan.FromDays(10));

        Assert.Equal("lost", (string?)(await box.GetAsync($"/v1/disputes/{dispute["id"]}"))["status"]);
    }

    [Fact]
    public async Task An_inquiry_moves_no_money_and_can_be_closed_or_grow_into_a_dispute()
    {
        await using var box = await Box.OpenAsync();
        var closed = await DisputeOf(box, await PayAsync(box, "pm_card_createDisputeInquiry"));
        var grown = await DisputeOf(box, await PayAsync(box, "pm_card_createDisputeInquiry"));
        Assert.Equal("warning_needs_response", (string?)closed["status"]);
        Assert.Empty(closed["balance_transactions"]!.AsArray());

        closed = await box.PostAsync($"/v1/disputes/{closed["id"]}/close");
        await box.PostAsync($"/v1/disputes/{grown["id"]}", "evidence[uncategorized_text]=escalate_inquiry_evidence");
        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("warning_closed", (string?)closed["status"]);
        Assert.Equal("needs_response", (string?)(await box.GetAsync($"/v1/disputes/{grown["id"]}"))["status"]);
        await box.RefusedAsync(400, "POST", $"/v1/disputes/{closed["id"]}/close");
    }

    [Fact]
    public async Task An_inquiry_is_settled_when_the_customer_has_all_the_money_back()
    {
        await using var box = await Box.OpenAsync();
        var intent = await PayAsync(box, "pm_card_createDisputeInquiry");

        await box.PostAsync("/v1/refunds", $"payment_intent={intent["id"]}");

        Assert.Equal("warning_closed", (string?)(await DisputeOf(box, intent))["status"]);
    }

    [Fact]
    public async Task Evidence_that_is_only_staged_stays_with_the_seller()
    {
        await using var box = await Box.OpenAsync();
        var dispute = await DisputeOf(box, await PayAsync(box, "pm_card_createDispute"));

        var staged = await box.PostAsync(
            $"/v1/disputes/{dispute["id"]}", "evidence[customer_name]=Ada", "submit=false");

        Assert.Equal("needs_response", (string?)staged["status"]);
        Assert.True((bool)staged["evidence_details"]!["has_evidence"]!);
        Assert.Equal("charge.dispute.updated", box.Told[^1]);
    }

    private static Task<JsonObject> PayAsync(Box box, string token) => box.PostAsync(
        "/v1/payment_intents", "amount=2000", "currency=usd", "confirm=true", $"payment_method={token}");

    private static async Task<JsonObject> DisputeOf(Box box, JsonObject intent) =>
        (await box.GetAsync("/v1/disputes", $"payment_intent={intent["id"]}"))["data"]![0]!.AsObject();
}
