using System.Text.Json.Nodes;
using Holdfast.Simulator;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.Weather;

namespace Holdfast.EndToEnd.Simulated;

/// <summary>A shop on a simulated Stripe in the test's own process; its events go where the test says.</summary>
internal sealed class SimulatedShop : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private readonly StripeSimulator _stripe;
    private readonly RunningShop _shop;

    private SimulatedShop(StripeSimulator stripe)
    {
        _stripe = stripe;
        _shop = stripe.OpenShop();
    }

    /// <summary>The settings of a Holdfast that asks this one, and often, as a month passes within seconds here.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("STRIPE_SECRET_KEY", "sk_test_of_the_shop"),
        ("STRIPE_API_BASE", _stripe.Url.ToString().TrimEnd('/')),
        ("Holdfast__Stripe__CatchUp__Interval", "00:00:01"),
        ("Holdfast__Stripe__CatchUp__UndeliveredInterval", "00:00:01"),
        ("Holdfast__Stripe__QuietMoment", "00:00:05"),
        ("Holdfast__Stripe__RequestsPerSecond", "500"),
    ];

    public static async Task<SimulatedShop> OpenAsync(Uri webhook, Forecast forecast)
    {
        var shop = await OpenAsync(forecast);
        await shop.TellAsync(webhook);
        return shop;
    }

    public static async Task<SimulatedShop> OpenAsync(Forecast forecast)
    {
        var stripe = await StripeSimulator.StartAsync(
            new()
            {
                Time = new FrozenTime(TimeProvider.System.GetUtcNow()),
                SigningTime = TimeProvider.System,
                Forecast = forecast with { HeldFor = TimeSpan.Zero, SlowFor = TimeSpan.Zero },
            },
            TestContext.Current.CancellationToken);
        return new(stripe);
    }

    /// <summary>Where its API is.</summary>
    public Uri Api => _stripe.Url;

    public DateTimeOffset Now => _stripe.Now;

    /// <summary>Changes the weather, as by <c>drop=1</c>.</summary>
    public async Task ChangeWeatherAsync(string rate)
    {
        var answer = await _stripe.CallAsync(
            new("POST", "/_simulator/weather") { Body = rate }, TestContext.Current.CancellationToken);
        Assert.Equal(200, answer.Status);
    }

    /// <summary>Tells this one of everything from now on.</summary>
    public Task TellAsync(Uri webhook) => _stripe.AddEndpointAsync(
        webhook, HoldfastProcess.Secret, ct: TestContext.Current.CancellationToken);

    /// <summary>
    /// Lets time stand still, a while after what happened last, and waits until Holdfast knows all of it: what is still under
    /// way and what got lost does not come any more.
    /// </summary>
    public async Task AssertIsKnownAsync(HoldfastProcess holdfast)
    {
        await _stripe.AdvanceAsync(Step, TestContext.Current.CancellationToken);
        var settled = _stripe.Now;
        await _stripe.DeliverAsync(TestContext.Current.CancellationToken);
        await holdfast.UntilAsync(async () => await GetAsync(holdfast, "stats") is var stats
            && CompleteUntil(stats) >= settled
            && stats["jobs"]!.AsObject().All(kind => (int)kind.Value!["open"]! is 0));
        var work = (await GetAsync(holdfast, "stats"))["jobs"]!.AsObject();
        Assert.All(work, kind => Assert.Equal(0, (int)kind.Value!["dead"]!));

        foreach (var one in await ToldAsync())
        {
            var held = await GetAsync(holdfast, $"objects/{one["type"]}/{one["id"]}");

            // Stripe changes some objects without an event: then nobody can know it who has not asked.
            var isUntold = (string?)held["source"] is "event" && JsonNode.DeepEquals(one["told"], held["body"]);
            Assert.True(
                isUntold || JsonNode.DeepEquals(one["object"], held["body"]),
                $"{one["type"]} {one["id"]} is not the same.\nAt Stripe: {one["object"]}\nHeld: {held["body"]}");
        }
    }

    /// <summary>Waits until Holdfast would find out what is not delivered from now on.</summary>
    public static Task UntilItAsksAsync(HoldfastProcess holdfast) =>
        holdfast.UntilAsync(async () => CompleteUntil(await GetAsync(holdfast, "stats")) is not null);

    public Task ExpectAsync(int customers) => _shop.ExpectAsync(customers, TestContext.Current.CancellationToken);

    public Task PassAsync(TimeSpan span) => _shop.PassAsync(span, TestContext.Current.CancellationToken);

    /// <summary>Lets everything arrive that was told; what got lost is sent again by hand.</summary>
    public async Task SettleAsync()
    {
        do
        {
            do
            {
                await _stripe.AdvanceAsync(Step, TestContext.Current.CancellationToken);
            }
            while ((long)(await AskAsync("deliveries"))["to_be_sent"]! > 0);
        }
        while (await _shop.ResendAsync(TestContext.Current.CancellationToken) > 0);
    }

    /// <summary>How often something happened, such as a delivery that failed.</summary>
    public async Task<long> CountAsync(string what) => (long?)(await AskAsync("deliveries"))["counts"]![what] ?? 0;

    /// <summary>
    /// Every object that was told of is held as it was told, but for those that are marked as in doubt: without a key.
    /// </summary>
    public async Task AssertAgreesAsync(HoldfastProcess holdfast)
    {
        await holdfast.UntilAsync(async () =>
            (int)(await GetAsync(holdfast, "stats"))["jobs"]!["event"]!["open"]! is 0);
        Assert.Equal(0, (int)(await GetAsync(holdfast, "stats"))["jobs"]!["event"]!["dead"]!);

        var told = await ToldAsync();
        var inDoubt = 0;
        foreach (var one in told)
        {
            var held = await GetAsync(holdfast, $"objects/{one["type"]}/{one["id"]}");
            var expected = one["told"] ?? one["object"];
            if (!JsonNode.DeepEquals(expected, held["body"]))
            {
                Assert.True(
                    (bool)held["in_doubt"]!,
                    $"{one["type"]} {one["id"]} is not the same.\nTold: {expected}\nHeld: {held["body"]}");
                inDoubt++;
            }
        }

        Assert.True(inDoubt < told.Length / 10, $"{inDoubt} of {told.Length} objects are in doubt.");
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    private async Task<JsonObject[]> ToldAsync()
    {
        JsonObject[] told = [.. (await AskAsync("told"))["data"]!.AsArray().OfType<JsonObject>()];
        Assert.True(told.Length > 20, $"Only {told.Length} objects were told of.");
        return told;
    }

    private static DateTimeOffset? CompleteUntil(JsonObject stats) =>
        (DateTimeOffset?)stats["catch_up"]!.AsArray().FirstOrDefault()?["complete_until"];

    private async Task<JsonObject> AskAsync(string route) => (await _stripe.CallAsync(
        new("GET", $"/_simulator/{route}"), TestContext.Current.CancellationToken)).Json;

    private static async Task<JsonObject> GetAsync(HoldfastProcess holdfast, string path) => (JsonObject)JsonNode.Parse(
        await holdfast.Http.GetStringAsync($"api/v1/{path}", TestContext.Current.CancellationToken))!;

    private sealed class FrozenTime(DateTimeOffset moment) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => moment;
    }
}
