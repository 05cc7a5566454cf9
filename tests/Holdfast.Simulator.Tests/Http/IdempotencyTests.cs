using Holdfast.Simulator.Http;
using Holdfast.Simulator.Tests.Support;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.Tests.Http;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_second_request_with_a_key_gets_the_first_answer_to_the_byte()
    {
        await using var box = await Box.OpenAsync();

        var first = await box.SendAsync(Create("key", "name=Ada&email=a%40b.example"));
        var second = await box.SendAsync(Create("key", "email=a%40b.example&name=Ada"));

        Assert.Equal(first.Body, second.Body);
        Assert.Equal("true", second.Headers["Idempotent-Replayed"]);
        Assert.Equal(first.Headers["Request-Id"], second.Headers["Original-Request"]);
        Assert.NotEqual(first.Headers["Request-Id"], second.Headers["Request-Id"]);
        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task A_key_used_for_something_else_is_refused()
    {
        await using var box = await Box.OpenAsync();
        await box.SendAsync(Create("key", "name=Ada"));

        var other = await box.SendAsync(Create("key", "name=Grace"));

        Assert.Equal(400, other.Status);
        Assert.Equal("idempotency_error", (string?)other.Json["error"]!["type"]);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        await using var box = await Box.OpenAsync();
        var first = await box.SendAsync(Create("key", "name=Ada"));

        await box.PassAsync(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        Assert.Equal(first.Body, (await box.SendAsync(Create("key", "name=Ada"))).Body);
        await box.PassAsync(TimeSpan.FromMinutes(1));
        var second = await box.SendAsync(Create("key", "name=Ada"));

        Assert.NotEqual((string?)first.Json["id"], (string?)second.Json["id"]);
    }

    [Fact]
    public async Task What_was_never_carried_out_does_not_use_up_its_key()
    {
        await using var box = await Box.OpenAsync();

        Assert.Equal(400, (await box.SendAsync(Create("key", "nonsense=1"))).Status);
        Assert.Equal(401, (await box.SendAsync(Create("key", "name=Ada") with { Key = "sk_wrong" })).Status);

        Assert.Equal(200, (await box.SendAsync(Create("key", "name=Ada"))).Status);
    }

    [Fact]
    public async Task A_request_that_was_lost_before_it_was_read_does_not_use_up_its_key()
    {
        await using var box = await Box.OpenAsync();
        box.World.Forecast = new Forecast { Resets = 2 };
        Assert.True((await box.SendAsync(Create("key", "name=Ada"))).IsLost);
        box.World.Forecast = Forecast.Calm;

        Assert.Equal(200, (await box.SendAsync(Create("key", "name=Ada"))).Status);
        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task A_failure_after_the_write_is_given_again_and_the_write_stands_once()
    {
        await using var box = await Box.OpenAsync();
        box.World.Forecast = new Forecast { FailuresAfter = 1 };
        var first = await box.SendAsync(Create("key", "name=Ada"));
        box.World.Forecast = Forecast.Calm;

        var second = await box.SendAsync(Create("key", "name=Ada"));

        Assert.Equal((500, 500), (first.Status, second.Status));
        Assert.Equal(first.Body, second.Body);
        Assert.Single((await box.GetAsync("/v1/customers"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_key_whose_request_is_still_held_is_in_use()
    {
        await using var box = await Box.OpenAsync();
        box.World.Forecast = new Forecast { LostAnswers = 1, HeldFor = TimeSpan.FromMilliseconds(300) };
        var held = box.SendAsync(Create("key", "name=Ada"));
        box.World.Forecast = Forecast.Calm with { HeldFor = TimeSpan.FromMilliseconds(300) };

        var meanwhile = await box.SendAsync(Create("key", "name=Ada"));
        Assert.True((await held).IsLost);
        var afterwards = await box.SendAsync(Create("key", "name=Ada"));

        Assert.Equal((409, "idempotency_key_in_use"), (meanwhile.Status, (string?)meanwhile.Json["error"]!["code"]));
        Assert.Equal(200, afterwards.Status);
        Assert.Equal(["customer.created"], box.Told);
    }

    [Fact]
    public async Task A_key_on_a_read_or_a_deletion_means_nothing()
    {
        await using var box = await Box.OpenAsync();
        var id = (string)(await box.PostAsync("/v1/customers"))["id"]!;
        var delete = new ApiRequest("DELETE", $"/v1/customers/{id}") { Key = "sk_test_x", IdempotencyKey = "key" };

        Assert.Equal(200, (await box.SendAsync(delete)).Status);
        Assert.Equal(404, (await box.SendAsync(delete)).Status);
    }

    private static ApiRequest Create(string key, string body) =>
        new("POST", "/v1/customers") { Key = "sk_test_x", IdempotencyKey = key, Body = body };
}
