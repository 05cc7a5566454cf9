using System.Text.Json.Nodes;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Delivery;

public sealed class EndpointTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_made_over_the_api_shows_its_secret_once_and_is_sent_what_it_listens_to()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        var made = await box.PostAsync(
            "/v1/webhook_endpoints", $"url={receiver.Url}", "enabled_events[]=customer.created", "metadata[team]=billing");
        var customer = await box.PostAsync("/v1/customers", "name=Ada");
        await box.PostAsync($"/v1/customers/{customer["id"]}", "name=Grace");

        await box.Simulator.DeliverAsync(Ct);

        Assert.Equal(["customer.created"], receiver.Types);
        Assert.True(receiver.Arrivals[0].IsSignedBy((string)made["secret"]!));
        Assert.False((await box.GetAsync($"/v1/webhook_endpoints/{made["id"]}")).ContainsKey("secret"));
    }

    [Theory]
    [InlineData("url", "url=nowhere", "enabled_events[]=*")]
    [InlineData("url", "url=ftp://example.com/", "enabled_events[]=*")]
    [InlineData("enabled_events", "url=https://example.com/")]
    [InlineData("enabled_events[0]", "url=https://example.com/", "enabled_events[]=customer.created.")]
    [InlineData("enabled_events[1]", "url=https://example.com/", "enabled_events[]=*", "enabled_events[]=sandwich.eaten")]
    [InlineData("api_version", "url=https://example.com/", "enabled_events[]=*", "api_version=latest")]
    public async Task An_endpoint_that_makes_no_sense_is_refused(string param, params string[] fields)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/v1/webhook_endpoints", fields);

        Assert.Equal(param, (string?)error["param"]);
        Assert.Empty((await box.GetAsync("/v1/webhook_endpoints"))["data"]!.AsArray());
    }

    [Fact]
    public async Task There_may_be_sixteen_endpoints()
    {
        await using var box = await Box.OpenAsync();
        for (var i = 0; i < 16; i++)
        {
            await box.PostAsync("/v1/webhook_endpoints", "url=https://example.com/", "enabled_events[]=*");
        }

        await box.RefusedAsync(400, "POST", "/v1/webhook_endpoints", "url=https://example.com/", "enabled_events[]=*");
    }

    [Fact]
    public async Task Each_endpoint_is_told_in_the_shape_of_its_own_version()
    {
        await using var old = await Receiver.OpenAsync();
        await using var recent = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(old.Url, version: ApiVersion.Acacia, ct: Ct);
        await box.Simulator.AddEndpointAsync(recent.Url, ct: Ct);
        await SubscribeAsync(box);

        await box.Simulator.DeliverAsync(Ct);

        var (before, after) = (Subscription(old), Subscription(recent));
        Assert.Equal(ApiVersion.Acacia.Name, (string?)before["api_version"]);
        Assert.NotNull(before["data"]!["object"]!["current_period_end"]);
        Assert.Null(after["data"]!["object"]!["current_period_end"]);
        Assert.Equal((string?)before["id"], (string?)after["id"]);
    }

    [Fact]
    public async Task While_a_secret_is_changed_both_sign_until_the_old_one_ends()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        var (id, old) = await box.Simulator.AddEndpointAsync(receiver.Url, ct: Ct);
        var answer = await box.PostAsync($"/_simulator/webhook_endpoints/{id}/roll_secret", "expires_in=3600");
        var rolled = (string)answer["secret"]!;

        await box.PostAsync("/v1/customers");
        await box.PassAsync(TimeSpan.FromMinutes(59));
        await box.PassAsync(TimeSpan.FromMinutes(2));
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(Ct);

        var (first, second) = (receiver.Arrivals[0], receiver.Arrivals[1]);
        Assert.Equal((true, true), (first.IsSignedBy(old), first.IsSignedBy(rolled)));
        Assert.Equal((false, true), (second.IsSignedBy(old), second.IsSignedBy(rolled)));
    }

    [Fact]
    public async Task What_is_sent_by_hand_comes_again_and_cancels_no_retry()
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.Answers = number => number == 1 ? 500 : 200;
        await using var box = await Box.OpenAsync();
        var (endpoint, _) = await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(Ct);

        await box.PostAsync($"/v1/events/{receiver.Arrivals[0].Id}/retry", $"webhook_endpoint={endpoint}");
        await box.Simulator.DeliverAsync(Ct);
        var byHand = receiver.Arrivals.Count;
        await box.PassAsync(TimeSpan.FromDays(1));

        Assert.Equal((2, 3), (byHand, receiver.Arrivals.Count));
        Assert.Single(receiver.Arrivals.Select(arrival => arrival.Id).Distinct());
        await box.RefusedAsync(404, "POST", $"/v1/events/{receiver.Arrivals[0].Id}/retry", "webhook_endpoint=we_nobody");
    }

    [Fact]
    public async Task An_endpoint_that_was_disabled_is_not_tried_again_and_one_that_was_enabled_in_time_is()
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.Answers = number => number <= 2 ? 500 : 200;
        await using var box = await Box.OpenAsync();
        var (id, _) = await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(Ct);

        await box.PostAsync($"/v1/webhook_endpoints/{id}", "disabled=true");
        await box.PostAsync($"/v1/webhook_endpoints/{id}", "disabled=false");
        await box.PassAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(2, receiver.Arrivals.Count);

        await box.PostAsync($"/v1/webhook_endpoints/{id}", "disabled=true");
        await box.PassAsync(TimeSpan.FromDays(1));
        Assert.Equal(2, receiver.Arrivals.Count);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_given_up()
    {
        await using var receiver = await Receiver.OpenAsync();
        receiver.Answers = _ => 500;
        List<Delivered> seen = [];
        await using var box = await Box.OpenAsync(new SimulatorOptions
        {
            Delivery = new DeliveryOptions { DisabledAfter = TimeSpan.FromDays(3) },
            Watch = seen.Add,
        });
        var (id, _) = await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        for (var day = 0; day < 6; day++)
        {
            await box.PostAsync("/v1/customers");
            await box.PassAsync(TimeSpan.FromDays(1));
        }

        Assert.Equal("disabled", (string?)(await box.GetAsync($"/v1/webhook_endpoints/{id}"))["status"]);
        Assert.InRange(receiver.Arrivals.Count, 12, 13);
        Assert.Equal((id, true), (seen[^1].Endpoint, seen[^1].HasDisabled));
        Assert.Single(seen, delivered => delivered.HasDisabled);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_in_time_has_failed()
    {
        var never = new TaskCompletionSource();
        await using var receiver = await Receiver.OpenAsync();
        receiver.Before = _ => receiver.Arrivals.Count == 1 ? never.Task : Task.CompletedTask;
        await using var box = await Box.OpenAsync(new SimulatorOptions
        {
            Delivery = new DeliveryOptions { Timeout = TimeSpan.FromSeconds(3) },
        });
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await box.PassAsync(TimeSpan.FromHours(1));
        never.SetResult();

        Assert.Equal(2, receiver.Arrivals.Count);
        var log = (await box.GetAsync("/_simulator/deliveries"))["data"]!.AsArray();
        Assert.Equal(["TimedOut"], log.Select(entry => (string?)entry!["error"]).Where(error => error is not null));
    }

    [Fact]
    public async Task Where_nobody_listens_the_delivery_has_failed_and_is_retried()
    {
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(new Uri("http://127.0.0.1:1/"), Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");

        await box.PassAsync(TimeSpan.FromDays(1));

        var counts = (await box.GetAsync("/_simulator/deliveries"))["counts"]!;
        Assert.Equal((4, 4, 3), ((int)counts["sent"]!, (int)counts["failed"]!, (int)counts["retried"]!));
    }

    [Fact]
    public async Task What_is_refused_is_not_sent_by_hand()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(Ct);

        await box.RefusedAsync(400, "POST", $"/v1/events/{receiver.Arrivals[0].Id}/retry", "nonsense=1");
        await box.Simulator.DeliverAsync(Ct);

        Assert.Single(receiver.Arrivals);
    }

    [Fact]
    public async Task Bad_weather_doubles_corrupts_and_drops()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        foreach (var forecast in new Forecast[] { new() { Duplicate = 1 }, new() { Corrupt = 1 }, new() { Drop = 1 } })
        {
            box.World.Forecast = forecast;
            await box.PostAsync("/v1/customers");
        }

        box.World.Forecast = Forecast.Calm;
        await box.PassAsync(TimeSpan.FromMinutes(9));
        await box.PassAsync(TimeSpan.FromDays(1));

        Assert.Equal(3, receiver.Arrivals.Count);
        Assert.Equal(2, receiver.Arrivals.Select(arrival => arrival.Id).Distinct().Count());
        Assert.Single(receiver.Arrivals, arrival => !arrival.IsSignedBy(Receiver.Secret));
        Assert.Single((await box.GetAsync("/v1/events", "delivery_success=false"))["data"]!.AsArray());
    }

    [Fact]
    public async Task An_outage_of_deliveries_ends_and_retries_bring_what_was_missed()
    {
        await using var receiver = await Receiver.OpenAsync();
        await using var box = await Box.OpenAsync();
        await box.Simulator.AddEndpointAsync(receiver.Url, Receiver.Secret, ct: Ct);
        await box.PostAsync("/_simulator/outage", "deliveries=300");
        await box.PostAsync("/v1/customers");

        await box.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(receiver.Arrivals);
        await box.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Single(receiver.Arrivals);
    }

    private static async Task SubscribeAsync(Box box)
    {
        var customer = await box.PostAsync("/v1/customers", "payment_method=pm_card_visa",
            "invoice_settings[default_payment_method]=pm_card_visa");
        var price = await box.PostAsync("/v1/prices", "unit_amount=500", "currency=eur", "recurring[interval]=month",
            "product_data[name]=Pro");
        await box.PostAsync("/v1/subscriptions", $"customer={customer["id"]}", $"items[0][price]={price["id"]}");
    }

    private static JsonObject Subscription(Receiver receiver) =>
        receiver.Arrivals.Single(arrival => (string?)arrival.Json["type"] is "customer.subscription.created").Json;
}
