using System.Text.Json.Nodes;
using Holdfast.Simulator;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.Weather;

namespace Holdfast.Server.Demonstration;

/// <summary>The simulated Stripe of the demo and the shop on it, in mild bad weather.</summary>
internal sealed class DemoStripe : IAsyncDisposable
{
    private const int UsualPort = 12111;

    /// <summary>What is under way for longest: a delivery held up for hours, and its retries.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromDays(3);

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private readonly StripeSimulator _simulator;

    private DemoStripe(StripeSimulator simulator)
    {
        _simulator = simulator;
        Shop = simulator.OpenShop();
    }

    public Uri Url => _simulator.Url;

    public DateTimeOffset Now => _simulator.Now;

    public RunningShop Shop { get; }

    /// <summary>Events still on their way, or to be tried again.</summary>
    public long UnderWay { get; private set; }

    public static async Task<DemoStripe> StartAsync(long seed, DemoServer receiver, CancellationToken ct)
    {
        var simulator = await StartAsync(seed, UsualPort, ct)
            ?? await StartAsync(seed, 0, ct)
            ?? throw new VerbException("No port of 127.0.0.1 can be opened.");
        await simulator.AddEndpointAsync(receiver.Webhook, receiver.Secret, ct: ct);
        return new(simulator);
    }

    /// <summary>What was counted since the start, by name.</summary>
    public async Task<JsonObject> CountsAsync(CancellationToken ct)
    {
        var answer = await AskAsync("/_simulator/deliveries", "limit=1", ct);
        UnderWay = (long)answer["to_be_sent"]!;
        return answer["counts"]!.AsObject();
    }

    /// <summary>Every object that an event has told of, as it is now.</summary>
    public async Task<IReadOnlyList<JsonObject>> ToldAsync(CancellationToken ct) =>
        [.. (await AskAsync("/_simulator/told", "", ct))["data"]!.AsArray().OfType<JsonObject>()];

    /// <summary>
    /// Lets everything that is under way arrive, and has sent again what Stripe could not bring, as one does by hand on
    /// its dashboard. Customers wait meanwhile; time goes on, and what it brings too.
    /// </summary>
    /// <returns>How many were sent again.</returns>
    public async Task<int> SettleAsync(CancellationToken ct)
    {
        await ArriveAsync(ct);
        var resent = 0;
        while (await Shop.ResendAsync(ct) is var more and > 0)
        {
            resent += more;
            await ArriveAsync(ct);
        }

        return resent;
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    private async Task ArriveAsync(CancellationToken ct)
    {
        var until = Now + LongestWay;
        do
        {
            await _simulator.AdvanceAsync(Step, ct);
            await CountsAsync(ct);
        }
        while (UnderWay > 0 && Now < until);
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
