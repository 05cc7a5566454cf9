using System.Text.Json.Nodes;
using Holdfast.Simulator;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.Weather;

namespace Holdfast.Server.Demonstration;

/// <summary>The simulated Stripe of the demo and the shop on it, in mild bad weather.</summary>
internal sealed class DemoStripe : IAsyncDisposable
{
    private const int UsualPort = 12111;

    /// <summary>Until what happened last has been told: most deliveries come within seconds.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private readonly StripeSimulator _simulator;

    private DemoStripe(StripeSimulator simulator)
    {
        _simulator = simulator;
        Shop = simulator.OpenShop();
    }

    public Uri Url => _simulator.Url;

    public DateTimeOffset Now => _simulator.Now;

    public RunningShop Shop { get; }

    public static async Task<DemoStripe> StartAsync(long seed, CancellationToken ct) => new(
        await StartAsync(seed, UsualPort, ct)
            ?? await StartAsync(seed, 0, ct)
            ?? throw new VerbException("No port of 127.0.0.1 can be opened."));

    /// <summary>Tells this one of all that happens from now on.</summary>
    public Task TellAsync(DemoServer receiver, CancellationToken ct) =>
        _simulator.AddEndpointAsync(receiver.Webhook, receiver.Secret, ct: ct);

    /// <summary>What was counted since the start, by name.</summary>
    public async Task<JsonObject> CountsAsync(CancellationToken ct) =>
        (await AskAsync("/_simulator/deliveries", "limit=1", ct))["counts"]!.AsObject();

    /// <summary>Every object that an event has told of, as it is now.</summary>
    public async Task<IReadOnlyList<JsonObject>> ToldAsync(CancellationToken ct) =>
        [.. (await AskAsync("/_simulator/told", "", ct))["data"]!.AsArray().OfType<JsonObject>()];

    /// <summary>
    /// Lets the customers rest for a while, and then time itself. What was held up or lost on the way has not come by then,
    /// and will not before time goes on.
    /// </summary>
    /// <returns>The moment until which everything has to be known.</returns>
    public async Task<DateTimeOffset> SettleAsync(CancellationToken ct)
    {
        await _simulator.AdvanceAsync(Rest, ct);
        var settled = Now;
        await _simulator.DeliverAsync(ct);
        return settled;
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    private async Task<JsonObject> AskAsync(string path, string query, CancellationToken ct) =>
        (await _simulator.CallAsync(new("GET", path) { Query = query }, ct)).Json;

    /// <returns>Null when the port cannot be had.</returns>
    private static async Task<StripeSimulator?> StartAsync(long seed, int port, CancellationToken ct)
    {
        try
        {
            return await StripeSimulator.StartAsync(
                new()
                {
                    Port = port,
                    Seed = seed,
                    Time = new FrozenTime(TimeProvider.System.GetUtcNow()),
                    SigningTime = TimeProvider.System,

                    // Whoever holds or slows an answer would hold up the show.
                    Forecast = Forecast.Mild with { HeldFor = TimeSpan.Zero, SlowFor = TimeSpan.Zero },
                },
                ct);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
