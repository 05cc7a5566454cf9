using Holdfast.Simulator.Http;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Weather;

public sealed class RequestWeatherTests
{
    [Fact]
    public async Task A_limit_names_its_reason_and_a_held_object_asks_to_be_tried_again()
    {
        await using var box = await Box.OpenAsync();

        var limited = await InAsync(box, new Forecast { RateLimited = 1 });
        var held = await InAsync(box, new Forecast { LockTimeouts = 1 });

        Assert.Equal((429, "rate_limit"), (limited.Status, (string?)limited.Json["error"]!["code"]));
        Assert.True(limited.Headers.ContainsKey("Stripe-Rate-Limited-Reason"));
        Assert.Equal((429, "lock_timeout"), (held.Status, (string?)held.Json["error"]!["code"]));
        Assert.Equal("true", held.Headers["Stripe-Should-Retry"]);
        Assert.False(held.Headers.ContainsKey("Stripe-Rate-Limited-Reason"));
        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task A_failure_before_the_write_does_nothing()
    {
        await using var box = await Box.OpenAsync();

        Assert.Equal(500, (await InAsync(box, new Forecast { FailuresBefore = 1 })).Status);

        Assert.Empty(box.Told);
    }

    [Fact]
    public async Task An_answer_that_is_lost_was_carried_out()
    {
        await using var box = await Box.OpenAsync();

        Assert.True((await InAsync(box, new Forecast { LostAnswers = 1, HeldFor = TimeSpan.Zero })).IsLost);

        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task Over_the_wire_a_lost_answer_is_a_broken_connection()
    {
        await using var box = await Box.OpenAsync();
        box.World.Forecast = new Forecast { Resets = 1 };
        using var client = new HttpClient { BaseAddress = box.Simulator.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk_test_x");

        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync("/v1/customers", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stale_read_shows_what_was_before_and_only_for_seconds()
    {
        await using var box = await Box.OpenAsync(new SimulatorOptions { Forecast = new Forecast { StaleReads = 1 } });
        var path = $"/v1/customers/{(await box.PostAsync("/v1/customers", "name=Ada"))["id"]}";
        await box.PassAsync(TimeSpan.FromSeconds(10));
        await box.PostAsync(path, "name=Grace");

        Assert.Equal("Ada", (string?)(await box.GetAsync(path))["name"]);
        await box.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal("Grace", (string?)(await box.GetAsync(path))["name"]);
    }

    [Fact]
    public async Task An_outage_lasts_as_long_as_it_was_asked_for()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/_simulator/outage", "api=60");

        await box.RefusedAsync(503, "GET", "/v1/customers");
        await box.PostAsync("/_simulator/advance", "seconds=61");
        await box.GetAsync("/v1/customers");
    }

    [Fact]
    public async Task The_weather_is_changed_by_preset_and_by_rate()
    {
        await using var box = await Box.OpenAsync();

        var shown = await box.PostAsync("/_simulator/weather", "preset=mild", "drop=0.5", "held_for=00:00:01");

        Assert.Equal(0.5, box.World.Forecast.Drop);
        Assert.Equal(TimeSpan.FromSeconds(1), box.World.Forecast.HeldFor);
        Assert.Equal(Forecast.Mild.Duplicate, (double)shown["forecast"]!["duplicate"]!);
    }

    [Theory]
    [InlineData("drop=2")]
    [InlineData("drop=NaN")]
    [InlineData("sunshine=1")]
    [InlineData("held_for=soon")]
    [InlineData("held_for=-00:00:01")]
    [InlineData("held_for=10")]
    [InlineData("longest_delay=1.00:00:01")]
    [InlineData("requests_per_second=-1")]
    [InlineData("requests_per_second=1.5")]
    [InlineData("preset=stormy")]
    public async Task No_weather_is_what_it_cannot_be(string change)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", "/_simulator/weather", change);

        Assert.Equal(change.Split('=')[0], (string?)error["param"]);
        Assert.Equal(Forecast.Calm, box.World.Forecast);
    }

    [Fact]
    public async Task An_outage_is_one_of_something()
    {
        await using var box = await Box.OpenAsync();

        await box.RefusedAsync(400, "POST", "/_simulator/outage");
    }

    [Fact]
    public async Task A_revoked_key_is_turned_away_until_it_is_given_back()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/_simulator/keys", "revoke=sk_test_of_the_tests");

        var refused = await box.RefusedAsync(401, "GET", "/v1/customers");
        await box.PostAsync("/_simulator/keys", "restore=sk_test_of_the_tests");
        await box.GetAsync("/v1/customers");

        Assert.Equal("api_key_expired", (string?)refused["code"]);
    }

    private static async Task<ApiResponse> InAsync(Box box, Forecast forecast)
    {
        box.World.Forecast = forecast;
        var answer = await box.SendAsync("POST", "/v1/customers");
        box.World.Forecast = Forecast.Calm;
        return answer;
    }
}
