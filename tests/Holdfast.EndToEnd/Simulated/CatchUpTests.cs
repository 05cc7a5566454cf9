using System.Text.Json.Nodes;
using Holdfast.Simulator.Weather;

namespace Holdfast.EndToEnd.Simulated;

/// <summary>What a simulated Stripe never delivers, a real Holdfast asks for over HTTP.</summary>
[Collection(ServerTests.Name)]
public sealed class CatchUpTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <remarks>Nothing that is dropped is ever retried, and nothing is sent again by hand.</remarks>
    [Theory, EveryEngine]
    public async Task When_deliveries_get_lost_for_days_both_sides_agree_all_the_same(Engine engine)
    {
        await using var store = await TestStore.CreateAsync(engine);
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        await using var shop = await SimulatedShop.OpenAsync(new($"{url}/webhooks/stripe"), Forecast.Calm);
        await using var holdfast = await HoldfastProcess.StartAsync(
            _directory,
            ("DATABASE_URL", store.Url),
            ("HOLDFAST_URLS", url),
            ("STRIPE_SECRET_KEY", "sk_test_invented"),
            ("STRIPE_API_BASE", shop.Api.ToString()),
            ("Holdfast__Stripe__CatchUp__Interval", "00:00:01"));
        await UntilCompleteAsync(holdfast, shop);

        await shop.ExpectAsync(customers: 30);
        await shop.PassAsync(TimeSpan.FromDays(4));
        await shop.ChangeWeatherAsync("drop=1");
        await shop.PassAsync(TimeSpan.FromDays(3));
        await shop.ChangeWeatherAsync("drop=0");
        await UntilCompleteAsync(holdfast, shop);

        await shop.AssertAgreesAsync(holdfast);
        var stats = await GetAsync(holdfast, "stats");
        var dropped = await shop.CountAsync("dropped");
        Assert.True(dropped > 50, $"Only {dropped} deliveries got lost.");
        Assert.True((long)stats["caught_up"]! >= dropped, $"{stats} after {dropped} deliveries that got lost");
        Assert.Null(stats["jobs"]!["catch_up"]);
        Assert.Empty((await GetAsync(holdfast, "findings?state=open"))["data"]!.AsArray());
    }

    private static Task UntilCompleteAsync(HoldfastProcess holdfast, SimulatedShop shop) => Wait.UntilAsync(
        "caught up with the simulated Stripe",
        async () => (await GetAsync(holdfast, "stats"))["catch_up"]!.AsArray() is [{ } own]
            && (DateTimeOffset?)own["complete_until"] is { } until
            && until.ToUnixTimeSeconds() >= shop.Now.ToUnixTimeSeconds());

    private static async Task<JsonNode> GetAsync(HoldfastProcess holdfast, string path) => JsonNode.Parse(
        await holdfast.Http.GetStringAsync($"api/v1/{path}", TestContext.Current.CancellationToken))!;
}
