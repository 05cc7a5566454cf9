using Holdfast.Simulator.Weather;

namespace Holdfast.EndToEnd.Simulated;

/// <summary>A simulated Stripe tells a real Holdfast what happens in a shop; in the end both hold the same.</summary>
[Collection(ServerTests.Name)]
public sealed class SimulatedMonthTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory, EveryEngine]
    public async Task After_a_month_in_mild_weather_both_sides_agree(Engine engine)
    {
        await using var store = await TestStore.CreateAsync(engine);
        await using var shop = await SimulatedShop.OpenAsync(Forecast.Mild);
        await using var holdfast = await HoldfastProcess.StartAsync(
            _directory, [("DATABASE_URL", store.Url), .. shop.Settings]);
        await SimulatedShop.UntilItAsksAsync(holdfast);
        await shop.TellAsync(Webhook(holdfast));

        await shop.ExpectAsync(customers: 12);
        await shop.PassAsync(TimeSpan.FromDays(30));

        await shop.AssertIsKnownAsync(holdfast);
    }

    [Theory, EveryEngine]
    public async Task Failing_and_being_away_for_an_hour_is_made_up_for_by_retries(Engine engine)
    {
        await using var store = await TestStore.CreateAsync(engine);
        (string, string?)[] settings =
        [
            ("DATABASE_URL", store.Url), ("HOLDFAST_URLS", $"http://127.0.0.1:{FreePort.Next()}"),
        ];
        var first = await HoldfastProcess.StartAsync(_directory, settings);
        await using var gate = await FailingGate.OpenAsync(Webhook(first), failures: 25);
        await using var shop = await SimulatedShop.OpenAsync(gate.Url, Forecast.Calm);

        await shop.ExpectAsync(customers: 8);
        await shop.PassAsync(TimeSpan.FromDays(12));
        await first.StopAsync();
        await first.DisposeAsync();
        var failedBefore = await shop.CountAsync("failed");
        await shop.ExpectAsync(customers: 200);
        await shop.PassAsync(TimeSpan.FromHours(1));
        var failedMeanwhile = await shop.CountAsync("failed") - failedBefore;
        await using var second = await HoldfastProcess.StartAsync(_directory, settings);
        await shop.PassAsync(TimeSpan.FromHours(3));
        await shop.SettleAsync();

        Assert.Equal(25, failedBefore);
        Assert.True(failedMeanwhile > 0, "Nothing was told while Holdfast was away.");
        await shop.AssertAgreesAsync(second);
    }

    private static Uri Webhook(HoldfastProcess holdfast) => new(holdfast.Url, "/webhooks/stripe");
}
