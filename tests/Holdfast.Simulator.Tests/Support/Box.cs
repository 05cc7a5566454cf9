using System.Text.Json.Nodes;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Tests.Support;

/// <summary>A simulated Stripe for one test, spoken to without a socket.</summary>
internal sealed class Box : IAsyncDisposable
{
    private Box(StripeSimulator simulator) => Simulator = simulator;

    public StripeSimulator Simulator { get; }

    public World World => Simulator.World;

    /// <summary>The types of the events told so far, in order.</summary>
    public string[] Told => [.. World.Events.All.Select(told => told.Type)];

    /// <param name="time">One that stands still; <see cref="FrozenTime"/> unless it does more than that.</param>
    public static async Task<Box> OpenAsync(SimulatorOptions? options = null, FrozenTime? time = null) =>
        new(await StripeSimulator.StartAsync(
            (options ?? new SimulatorOptions()) with { Time = time ?? new FrozenTime() },
            TestContext.Current.CancellationToken));

    /// <summary>A POST that must succeed. Fields are written as curl writes them: <c>"items[0][price]=price_1"</c>.</summary>
    public async Task<JsonObject> PostAsync(string path, params string[] fields) => Fine(await SendAsync("POST", path, fields));

    public async Task<JsonObject> GetAsync(string path, params string[] fields) => Fine(await SendAsync("GET", path, fields));

    public async Task<JsonObject> DeleteAsync(string path) => Fine(await SendAsync("DELETE", path));

    /// <summary>A call that must be refused with this status; the inside of its <c>error</c>.</summary>
    public async Task<JsonObject> RefusedAsync(int status, string method, string path, params string[] fields)
    {
        var answer = await SendAsync(method, path, fields);
        Assert.Equal(status, answer.Status);
        return Assert.IsType<JsonObject>(answer.Json["error"]);
    }

    public Task<ApiResponse> SendAsync(string method, string path, params string[] fields) => SendAsync(
        new ApiRequest(method, path)
        {
            Body = method is "POST" ? Encode(fields) : "",
            Query = method is "POST" ? "" : Encode(fields),
            Key = "sk_test_of_the_tests",
        });

    /// <summary>A POST with a publishable key.</summary>
    public Task<ApiResponse> FromBrowserAsync(string path, params string[] fields) => SendAsync(
        new ApiRequest("POST", path) { Body = Encode(fields), Key = "pk_test_of_the_tests" });

    public Task<ApiResponse> SendAsync(ApiRequest request) =>
        Simulator.CallAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Moves the world's time on.</summary>
    public Task PassAsync(TimeSpan span) => Simulator.AdvanceAsync(span, TestContext.Current.CancellationToken);

    public StripeEvent LastOf(string type) => World.Events.All.Last(told => told.Type == type);

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();

    private static JsonObject Fine(ApiResponse answer)
    {
        Assert.True(answer.Status is 200, answer.Body);
        return answer.Json;
    }

    private static string Encode(string[] fields) => string.Join('&', fields.Select(field =>
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        return $"{Uri.EscapeDataString(field[..equals])}={Uri.EscapeDataString(field[(equals + 1)..])}";
    }));
}
