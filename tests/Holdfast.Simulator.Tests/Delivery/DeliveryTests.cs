using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Delivery;

public sealed class DeliveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_arrives_signed_with_what_the_api_shows()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        var customer = await box.PostAsync("/v1/customers", "name=Ada");

        await box.Simulator.DeliverAsync(Ct);

        var arrival = Assert.Single(receiver.Arrivals);
        Assert.True(arrival.IsSignedBy(Receiver.Secret));
        Assert.Equal(FrozenTime.Start.ToUnixTimeSeconds(), arrival.SignedAt);
        Assert.Equal("application/json; charset=utf-8", arrival.Headers["Content-Type"]);
        Assert.Equal(customer.ToJsonString(), arrival.Json["data"]!["object"]!.ToJsonString());
        Assert.Equal(1, (int)arrival.Json["pending_webhooks"]!);
        Assert.Equal(0, (int)(await box.GetAsync($"/v1/events/{arrival.Id}"))["pending_webhooks"]!);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    [InlineData(302)]
    public async Task What_is_no_2xx_is_sent_again_until_it_is(int refusal)
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.Answers = number => number <= 2 ? refusal : 204;
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await box.Simulator.AdvanceAsync(TimeSpan.FromDays(4), Ct);

        Assert.Equal(3, receiver.Arrivals.Count);
        Assert.Single(receiver.Arrivals.Select(arrival => arrival.Id).Distinct());
        Assert.All(receiver.Arrivals, arrival => Assert.Equal("/hook", arrival.Path));
        Assert.Empty((await box.GetAsync("/v1/events", "delivery_success=false"))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_well_is_tried_as_often_as_the_schedule_says()
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.Answers = _ => 503;
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await box.Simulator.AdvanceAsync(TimeSpan.FromDays(4), Ct);

        Assert.Equal(1 + RetrySchedule.Sandbox.Pauses.Count, receiver.Arrivals.Count);
        Assert.Single((await box.GetAsync("/v1/events", "delivery_success=false"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_receiver_may_call_the_api_while_it_is_being_called()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        receiver.Before = arrival => box.GetAsync($"/v1/events/{arrival.Id}");
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await box.Simulator.DeliverAsync(Ct);

        Assert.Single(receiver.Arrivals);
    }

    [Fact]
    public async Task A_delivery_nobody_waited_for_is_made_after_all()
    {
        using var impatience = new CancellationTokenSource();
        var (isBusy, calls) = (new TaskCompletionSource(), 0);
        await using var receiver = await Receiver.OpenAsync();
        receiver.Before = _ =>
        {
            impatience.Cancel();
            return ++calls == 1 ? isBusy.Task : Task.CompletedTask;
        };
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => box.Simulator.DeliverAsync(impatience.Token));
        isBusy.SetResult();
        Assert.Equal(1, (int)(await box.GetAsync("/_simulator/deliveries"))["to_be_sent"]!);
        await box.Simulator.DeliverAsync(Ct);

        Assert.Equal(2, receiver.Arrivals.Count);
        Assert.Equal(0, (int)(await box.GetAsync("/_simulator/deliveries"))["to_be_sent"]!);
    }

    [Fact]
    public async Task Where_nothing_can_be_sent_the_delivery_has_failed()
    {
        await using var box = await Box.OpenAsync();
        var (id, _) = await box.Simulator.AddEndpointAsync(new Uri("http://127.0.0.1:9/"), ct: Ct);
        box.World.Find(id)!.Body["url"] = "ftp://127.0.0.1/";
        await box.PostAsync("/v1/customers");

        await box.Simulator.DeliverAsync(Ct);

        var delivery = Assert.Single((await box.GetAsync("/_simulator/deliveries"))["data"]!.AsArray())!;
        Assert.Equal("NotSupportedException", (string?)delivery["error"]);
        await Assert.ThrowsAsync<ArgumentException>(() => box.Simulator.AddEndpointAsync(new Uri("ftp://127.0.0.1/"), ct: Ct));
    }

    [Fact]
    public async Task A_watcher_that_throws_stops_no_delivery_and_whoever_calls_next_is_told()
    {
        var (watched, second) = (0, new TaskCompletionSource());
        await using var receiver = await Receiver.OpenAsync();
        await using var simulator = await StripeSimulator.StartAsync(
            new SimulatorOptions
            {
                Delivery = new DeliveryOptions { InOrder = true, Concurrency = 1 },
                Watch = _ =>
                {
                    if (++watched == 2)
                    {
                        second.SetResult();
                    }

                    throw new FormatException("The watcher fell asleep.");
                },
            }, Ct);
        await simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);

        await simulator.CallAsync(new("POST", "/v1/customers") { Key = "sk_test_x" }, Ct);
        await second.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        var told = await Assert.ThrowsAsync<InvalidOperationException>(
            () => simulator.CallAsync(new("GET", "/v1/customers") { Key = "sk_test_x" }, Ct));
        Assert.IsType<FormatException>(told.InnerException);
        Assert.IsType<FormatException>(await simulator.Broken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => simulator.DeliverAsync(Ct));
    }

    [Fact]
    public async Task While_time_flows_deliveries_need_nobody()
    {
        var arrived = new TaskCompletionSource();
        await using var receiver = await Receiver.OpenAsync();
        receiver.Before = _ =>
        {
            arrived.TrySetResult();
            return Task.CompletedTask;
        };
        await using var simulator = await StripeSimulator.StartAsync(ct: Ct);
        await simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);

        await simulator.CallAsync(new("POST", "/v1/customers") { Key = "sk_test_x" }, Ct);

        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.True(receiver.Arrivals[0].IsSignedBy(Receiver.Secret));
    }
}
