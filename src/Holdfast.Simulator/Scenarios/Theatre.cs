using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Scenarios;

/// <summary>Where scenarios are played: a shop, and customers that are numbered from the first scenario on.</summary>
internal sealed class Theatre(StripeSimulator simulator) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private Shelf? _shelf;

    public DateTimeOffset Now => simulator.Now;

    /// <summary>The real clock, for what is not played in simulated time.</summary>
    public TimeProvider Time => simulator.World.Clock.Time;

    /// <summary>The world's own: a world that was saved goes on with it.</summary>
    public Chance Chance => simulator.World.Chances.For("scenarios");

    /// <summary>One scenario at a time; whoever comes meanwhile waits.</summary>
    public async Task<ScenarioReport> PlayAsync(string name, ScenarioOptions options, CancellationToken ct)
    {
        var scenario = ScenarioBook.Find(name) ?? throw new ScenarioException(
            $"There is no scenario \"{name}\"; there are {string.Join(", ", ScenarioBook.All.Select(one => one.Name))}.");
        options.Check();
        await _one.WaitAsync(ct);
        try
        {
            return await scenario.Play(this, options, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    public Stage NewStage() => new(() => Now, PassUntilAsync);

    public async Task PassUntilAsync(DateTimeOffset moment, CancellationToken ct)
    {
        if (moment > Now)
        {
            await simulator.AdvanceAsync(moment - Now, ct);
        }
    }

    public ScenarioClient NewClient(CancellationToken ct) => new(
        simulator.CallAsync, pause => simulator.AdvanceAsync(pause, ct), Chance, ct);

    public async Task<Shopper> NewShopperAsync(bool isWeekly, CancellationToken ct)
    {
        var client = NewClient(ct);
        _shelf ??= await Shelf.PutUpAsync(client);
        return new Shopper(client, _shelf, Chance, ++simulator.World.Shoppers, isWeekly);
    }

    /// <summary>The world began anew: so does the shop.</summary>
    public void Reset() => _shelf = null;

    public void Dispose() => _one.Dispose();
}
