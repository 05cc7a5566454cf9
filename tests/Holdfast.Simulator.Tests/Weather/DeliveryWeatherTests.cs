using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Weather;

public sealed class DeliveryWeatherTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delayed_event_comes_within_the_longest_delay_and_not_at_once()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await OpenAsync(receiver, new Forecast { Delay = 1, LongestDelay = TimeSpan.FromHours(2) });

        await MakeAsync(box, 10);
        await box.Simulator.AdvanceAsync(TimeSpan.FromSeconds(5), Ct);
        var atOnce = receiver.Arrivals.Count;
        await box.Simulator.AdvanceAsync(TimeSpan.FromHours(2), Ct);

        Assert.True(atOnce < 10, $"{atOnce} of 10 came at once.");
        Assert.Equal(10, receiver.Arrivals.Count);
    }

    [Fact]
    public async Task Overtaken_events_come_in_another_order_than_they_were_told()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await OpenAsync(receiver, new Forecast { Reorder = 1 });

        await MakeAsync(box, 10, TimeSpan.FromSeconds(2));
        await box.Simulator.AdvanceAsync(TimeSpan.FromMinutes(2), Ct);

        string[] told = [.. box.World.Events.All.Select(told => told.Id)];
        string[] arrived = [.. receiver.Arrivals.Select(arrival => arrival.Id)];
        Assert.NotEqual(told, arrived);
        Assert.Equal(told.Order(StringComparer.Ordinal), arrived.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_fact_may_be_told_under_two_ids()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await OpenAsync(receiver, new Forecast { TwoIds = 1 });

        await MakeAsync(box, 1);
        await box.Simulator.DeliverAsync(Ct);

        Assert.Equal(["customer.created", "customer.created"], receiver.Types);
        Assert.Equal(2, receiver.Arrivals.Select(arrival => arrival.Id).Distinct().Count());
        Assert.Single(receiver.Arrivals.Select(arrival => (string)arrival.Json["data"]!["object"]!["id"]!).Distinct());
    }

    [Fact]
    public async Task What_was_broken_on_the_way_comes_whole_the_next_time()
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.AnswersTo = arrival => arrival.IsSignedBy(Receiver.Secret) ? 200 : 400;
        await using var box = await OpenAsync(receiver, new Forecast { Corrupt = 1 });

        await MakeAsync(box, 1);
        await box.Simulator.AdvanceAsync(TimeSpan.FromHours(6), Ct);

        Assert.Equal([false, true], receiver.Arrivals.Select(arrival => arrival.IsSignedBy(Receiver.Secret)));
    }

    [Fact]
    public async Task While_deliveries_are_out_nothing_arrives_and_afterwards_all_does()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await OpenAsync(receiver, Forecast.Calm);
        await box.PostAsync("/_simulator/outage", "deliveries=600");

        await MakeAsync(box, 3);
        await box.Simulator.AdvanceAsync(TimeSpan.FromSeconds(599), Ct);
        var during = receiver.Arrivals.Count;
        await box.Simulator.AdvanceAsync(TimeSpan.FromDays(1), Ct);

        Assert.Equal(0, during);
        Assert.Equal(3, receiver.Arrivals.Count);
    }

    private static async Task<Box> OpenAsync(Receiver receiver, Forecast forecast)
    {
        var box = await Box.OpenAsync(new SimulatorOptions { Forecast = forecast });
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        return box;
    }

    private static async Task MakeAsync(Box box, int customers, TimeSpan between = default)
    {
        for (var i = 0; i < customers; i++)
        {
            await box.PostAsync("/v1/customers", $"name=Customer {i}");
            await box.Simulator.AdvanceAsync(between, Ct);
        }
    }
}
