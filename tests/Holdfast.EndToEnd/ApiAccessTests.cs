using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.EndToEnd;

/// <summary>Who may ask what. The routes are those the API itself describes, so no new one is forgotten.</summary>
[Collection(ServerTests.Name)]
public sealed partial class ApiAccessTests(RunningServer running) : IClassFixture<RunningServer>
{
    private readonly ServerProcess _server = running.Process;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hf_a_guess")]
    [InlineData(ServerProcess.AdminToken + "x")]
    public async Task No_route_of_the_api_answers_without_a_valid_token(string? token)
    {
        var routes = await RoutesAsync();
        Assert.True(routes.Count > 15, $"The description holds only {routes.Count} routes.");
        foreach (var (method, path) in routes.Append((HttpMethod.Get, "/openapi/v1.json")))
        {
            var answer = await _server.CallAsync(method, path, json: method == HttpMethod.Get ? null : "{}", token);
            Assert.True(answer.Status is HttpStatusCode.Unauthorized, $"{method} {path}: {answer}");
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task A_token_in_the_query_opens_nothing()
    {
        var answer = await _server.CallAsync(
            HttpMethod.Get,
            $"/api/v1/stats?token={ServerProcess.AdminToken}&access_token={ServerProcess.AdminToken}",
            token: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
    }

    [Fact]
    public async Task A_viewer_sees_but_neither_replays_nor_dismisses_nor_makes_tokens()
    {
        var viewer = await TokenAsync("viewer");
        Assert.Equal(HttpStatusCode.OK, await StatsAsync(viewer));
        var closed = (await RoutesAsync()).Where(route => Closed().IsMatch(route.Path)).ToList();
        Assert.True(closed.Count >= 7, $"Only {closed.Count} routes are closed to a viewer.");
        foreach (var (method, path) in closed)
        {
            var answer = await _server.CallAsync(method, path, json: method == HttpMethod.Get ? null : "{}", viewer);
            Assert.True(answer.Status is HttpStatusCode.Forbidden, $"{method} {path}: {answer}");
        }
    }

    [Fact]
    public async Task An_operator_replays_but_makes_no_tokens()
    {
        await _server.DeliverAsync(StripeEvent.Of("evt_operator"));
        await _server.JobStateIsAsync("evt_operator", "completed");
        var token = await TokenAsync("operator");

        var replay = await _server.CallAsync(HttpMethod.Post, "/api/v1/events/evt_operator/replay", token: token);
        Assert.Equal(HttpStatusCode.Accepted, replay.Status);
        var tokens = await _server.CallAsync(HttpMethod.Get, "/api/v1/tokens", token: token);
        Assert.Equal(HttpStatusCode.Forbidden, tokens.Status);
    }

    [Fact]
    public async Task A_revoked_token_opens_nothing_any_more()
    {
        var made = await MakeTokenAsync("viewer");
        var token = made.GetProperty("token").GetString();
        Assert.Equal(HttpStatusCode.OK, await StatsAsync(token));

        await _server.CallAsync(HttpMethod.Delete, $"/api/v1/tokens/{made.GetProperty("id").GetInt64()}");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatsAsync(token));
    }

    [Fact]
    public async Task Health_is_open_to_everybody_and_says_one_word()
    {
        var alive = await _server.CallAsync(HttpMethod.Get, "/healthz", token: null);
        var ready = await _server.CallAsync(HttpMethod.Get, "/readyz", token: null);
        var stripe = await _server.CallAsync(HttpMethod.Get, "/readyz/stripe", token: null);

        Assert.Equal((HttpStatusCode.OK, "alive\n"), (alive.Status, alive.Body));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), (ready.Status, ready.Body));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), (stripe.Status, stripe.Body));
    }

    private async Task<HttpStatusCode> StatsAsync(string? token) =>
        (await _server.CallAsync(HttpMethod.Get, "/api/v1/stats", token: token)).Status;

    private async Task<string> TokenAsync(string role) =>
        (await MakeTokenAsync(role)).GetProperty("token").GetString()!;

    private async Task<JsonElement> MakeTokenAsync(string role)
    {
        var request = $$"""{"name":"a {{role}}","role":"{{role}}"}""";
        return (await _server.CallAsync(HttpMethod.Post, "/api/v1/tokens", request)).Json;
    }

    private async Task<List<(HttpMethod Method, string Path)>> RoutesAsync()
    {
        var paths = (await _server.GetAsync("/openapi/v1.json")).GetProperty("paths");
        return
        [
            .. paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
                .Where(method => method.Value.ValueKind is JsonValueKind.Object)
                .Select(method => (HttpMethod.Parse(method.Name), Parameter().Replace(path.Name, "1")))),
        ];
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("/(replay|dismiss)$|/tokens")]
    private static partial Regex Closed();
}
