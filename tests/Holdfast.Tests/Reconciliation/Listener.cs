using Holdfast.Alerts;
using Holdfast.Findings;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Reconciliation;
using Holdfast.Stripe;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Stripe;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Reconciliation;

/// <summary>An engine that catches up with a list of events, its sweeps in a test's hand.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly Task _storing;

    private Listener(TestEngine shop, ListedEvents stripe, StripeOptions options, StripeKeys keys)
    {
        (Shop, Stripe, Options, Keys) = (shop, stripe, options, keys);
        Group = new(
            shop.Database, shop.Keeper, new Doorbell(), new(), shop.Clock, NullLogger<GroupCommit>.Instance);
        var refusals = new RefusalLog(
            shop.Database, new RefusalStore(shop.Database), shop.Counters, shop.Clock, NullLogger<RefusalLog>.Instance);
        var receiver = new Receiver(
            new Endpoints(new(), StripeMode.Test), Group, refusals, new(), shop.Clock, NullLogger<Receiver>.Instance);
        Findings = new(shop.Database);
        Alerts = new(shop.Database);
        Cursors = new(shop.Database);
        CatchUp = new(
            new StripeClient(new HttpClient(stripe) { BaseAddress = new("https://stripe.example") }, keys),
            new EventIntake(receiver, shop.Events, Findings, shop.Database, shop.Clock),
            Cursors,
            Findings,
            Alerts,
            shop.Jobs,
            shop.Database,
            options,
            keys,
            shop.Clock,
            NullLogger<CatchUp>.Instance);
        Worker = new(
            CatchUp,
            shop.Database,
            shop.Jobs,
            new Doorbell(),
            shop.Options,
            shop.Clock,
            new Random(1),
            NullLogger<LeasedWorker>.Instance);
        _storing = Group.RunAsync();
    }

    public TestEngine Shop { get; }

    public ListedEvents Stripe { get; }

    public StripeOptions Options { get; }

    public StripeKeys Keys { get; }

    public GroupCommit Group { get; }

    public FindingStore Findings { get; }

    public AlertStore Alerts { get; }

    public CursorStore Cursors { get; }

    public CatchUp CatchUp { get; }

    public LeasedWorker Worker { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Listener> CreateAsync(Engine engine, StripeOptions? options = null, string? key = "sk_test_invented")
    {
        var shop = await TestEngine.CreateAsync(engine);
        return new(shop, new(shop.Clock), options ?? new(), FakeStripe.Keys(key));
    }

    /// <summary>One whose first sweep has been made, and a day has gone by since.</summary>
    public static async Task<Listener> BegunAsync(Engine engine, StripeOptions? options = null)
    {
        var listener = await CreateAsync(engine, options);
        await listener.CatchUp.PrepareAsync(Ct);
        await listener.SweepAsync();
        await listener.PassAsync(TimeSpan.FromDays(1));
        listener.Stripe.Questions.Clear();
        return listener;
    }

    /// <summary>Another node on the same store.</summary>
    public async Task<Listener> JoinAsync() => new(await Shop.JoinAsync(), Stripe, Options, FakeStripe.Keys());

    /// <summary>Does what is due, until nothing is.</summary>
    public async Task SweepAsync()
    {
        while (await Worker.BeginAsync(Ct) > 0)
        {
            await Worker.DrainAsync();
        }
    }

    /// <summary>Lets time go by, and then does what is due.</summary>
    public Task PassAsync(TimeSpan span)
    {
        Shop.Clock.Advance(span);
        return SweepAsync();
    }

    public Task<List<string>> StoredAsync() => Shop.Store.TextsAsync("select event_id from events order by event_id");

    public async Task<long> CountAsync(string counter) =>
        (await Shop.Store.ReadAsync(session => Shop.Counters.AllAsync(session))).GetValueOrDefault(counter);

    public async Task<Cursor> CursorAsync(Sweep sweep = Sweep.Events) =>
        Assert.Single(await Shop.Store.ReadAsync(session => Cursors.ListAsync(session, sweep)));

    public async Task<DateTimeOffset> WalkedUntilAsync() => (await CursorAsync()).Progress!.WalkedUntil;

    public Task<List<Finding>> FindingsAsync() =>
        Shop.Store.ReadAsync(session => Findings.ListAsync(session, new() { Livemode = false, Limit = 10 }));

    public async Task<List<string>> AlertsAsync() =>
        [.. (await Shop.Store.ReadAsync(session => Alerts.ListOpenAsync(session, before: null, limit: 10)))
            .Select(alert => $"{alert.Kind}: {alert.Subject}")];

    /// <summary>What was asked of the sweep over every event.</summary>
    public IEnumerable<Asked> Questions => Stripe.Questions.Where(asked => asked.DeliverySuccess is null);

    public async ValueTask DisposeAsync()
    {
        Group.Close();
        await _storing;
        await Shop.DisposeAsync();
    }
}
