using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Http;

/// <summary>The simulator's own routes, which Stripe does not have.</summary>
public sealed class ControlTests
{
    [Theory]
    [InlineData("GET", "advance", "POST advance")]
    [InlineData("POST", "scenarios/renewals", "POST renewal, ")]
    [InlineData("GET", "clock/now", "docs/simulator.md")]
    public async Task A_route_that_there_is_not_is_answered_with_those_there_are(string method, string path, string hint)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(404, method, $"/_simulator/{path}");

        Assert.Contains(hint, (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("advance", "second", "seconds")]
    [InlineData("weather", "dublicate", "duplicate")]
    [InlineData("reset", "seed", "takes none")]
    public async Task A_parameter_that_there_is_not_is_answered_with_those_there_are(string path, string param, string hint)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", $"/_simulator/{path}", "seconds=1", $"{param}=1");

        Assert.Contains(hint, (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal("parameter_unknown", (string?)error["code"]);
        Assert.Equal(FrozenTime.Start, box.Simulator.Now);
    }

    [Fact]
    public async Task An_answer_says_that_it_is_json()
    {
        await using var box = await Box.OpenAsync();

        var answers = new[]
        {
            await box.SendAsync("GET", "/_simulator/clock"), await box.SendAsync("POST", "/_simulator/advance"),
        };

        Assert.Equal([200, 400], answers.Select(answer => answer.Status));
        Assert.All(answers, answer => Assert.Equal("application/json", answer.Headers["Content-Type"]));
    }

    [Fact]
    public async Task Endpoints_are_shown_with_what_signs_and_since_when_they_fail()
    {
        await using var box = await Box.OpenAsync();
        var (id, secret) = await box.Simulator.AddEndpointAsync(
            new Uri("http://127.0.0.1:1/hook"), ct: TestContext.Current.CancellationToken);
        await box.PostAsync("/v1/customers");
        await box.Simulator.DeliverAsync(TestContext.Current.CancellationToken);

        var shown = Assert.Single((await box.GetAsync("/_simulator/endpoints"))["data"]!.AsArray())!;

        Assert.Equal((id, "enabled", "http://127.0.0.1:1/hook"),
            ((string?)shown["id"], (string?)shown["status"], (string?)shown["url"]));
        Assert.Equal([secret], shown["secrets"]!.AsArray().Select(one => (string?)one));
        Assert.InRange((long)shown["failing_since"]!, FrozenTime.Start.ToUnixTimeSeconds(), box.World.Now(null));
    }
}
