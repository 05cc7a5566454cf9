using System.Text.Json.Nodes;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Scenarios;

/// <summary>Each scenario ends as its name says, and tells what Stripe tells.</summary>
public sealed class ScenarioTests
{
    private static readonly string[] SignUp =
        ["customer.created", "payment_method.attached", "plan.created", "price.created", "product.created"];

    private static readonly string[] Paid = ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"];

    [Fact]
    public async Task A_payment_the_bank_asks_about_succeeds_when_the_customer_has_confirmed()
    {
        await using var played = await Played.OfAsync("3ds");

        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        Assert.Equal(Sorted(SignUp, Paid, "payment_intent.requires_action"), played.Told);
    }

    [Fact]
    public async Task A_payment_refunded_in_two_parts_is_refunded_whole()
    {
        await using var played = await Played.OfAsync("refund");

        var intent = await played.ReadAsync("payment_intent", "/v1/payment_intents");
        var charge = await played.Box.GetAsync($"/v1/charges/{intent.Text("latest_charge")}");
        Assert.Equal((4900, true), (charge.Number("amount_refunded"), charge.Flag("refunded")));
        Assert.Equal("succeeded", await played.StatusAsync("refund", "/v1/refunds"));
        Assert.Equal(Sorted(SignUp, Paid, "charge.refunded", "charge.updated", "refund.created"), played.Told);
    }

    [Fact]
    public async Task A_dispute_with_evidence_that_does_not_convince_is_lost()
    {
        await using var played = await Played.OfAsync("dispute-lost");

        Assert.Equal("lost", await played.StatusAsync("dispute", "/v1/disputes"));
        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        Assert.Equal(
            Sorted(
                SignUp, Paid, "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated",
                "charge.dispute.closed"),
            played.Told);
    }

    [Fact]
    public async Task A_bank_debit_is_in_process_until_the_money_comes()
    {
        await using var played = await Played.OfAsync("bank-debit-async");

        Assert.Equal("succeeded", await played.StatusAsync("payment_intent", "/v1/payment_intents"));
        Assert.Equal(
            Sorted(SignUp, Paid, "charge.pending", "payment_intent.processing"), played.Told);
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
    [InlineData("customers", "0")]
    [InlineData("customers", "many")]
    [InlineData("rate", "1001")]
    [InlineData("weather", "rough")]
    public async Task What_cannot_be_played_is_refused(string param, string value)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/_simulator/scenarios/renewal", $"{param}={value}");

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

    private static string[] Sorted(string[] some, string[] more, params string[] rest) =>
        [.. some.Concat(more).Concat(rest).Order(StringComparer.Ordinal)];

    /// <summary>A scenario that was played to its end in a box of its own.</summary>
    private sealed record Played(Box Box, ScenarioReport Report) : IAsyncDisposable
    {
        /// <summary>The types of all that was told, each once.</summary>
        public string[] Told => [.. Box.Told.Distinct().Order(StringComparer.Ordinal)];

        public static async Task<Played> OfAsync(string scenario)
        {
            var box = await Box.OpenAsync();
            return new(box, await box.Simulator.PlayAsync(scenario, ct: TestContext.Current.CancellationToken));
        }

        public Task<JsonObject> ReadAsync(string note, string path) => Box.GetAsync($"{path}/{Report.Objects[note]}");

        public async Task<string?> StatusAsync(string note, string path) => (await ReadAsync(note, path)).Text("status");

        public ValueTask DisposeAsync() => Box.DisposeAsync();
    }
}
