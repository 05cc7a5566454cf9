using System.Security.Cryptography;
using System.Text;
using Holdfast.Access;
using Holdfast.Alerts;
using Holdfast.Apply;
using Holdfast.Audit;
using Holdfast.Findings;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Telemetry;
using Holdfast.Testing;
using Holdfast.Tests.Stripe;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Support;

/// <summary>The whole engine on a store of its own, with the steps of its loops in a test's hand.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private TestEngine(TestDatabase store, WorkerOptions options, AccessOptions access, HttpMessageHandler? stripe)
    {
        Stripe = stripe;
        Store = store;
        Options = options;
        Access = access;
        Keys = FakeStripe.Keys(stripe is null ? null : "sk_test_invented");
        Build();
    }

    public TestDatabase Store { get; }

    public ManualClock Clock => Store.Clock;

    public Database Database => Store.Database;

    public WorkerOptions Options { get; }

    public AccessOptions Access { get; }

    public StripeOptions StripeOptions { get; } = new();

    /// <summary>What answers for Stripe. There is a key where there is one.</summary>
    public HttpMessageHandler? Stripe { get; }

    public StripeKeys Keys { get; }

    public FetchStore Fetches { get; private set; } = null!;

    public FetchHandler FetchHandler { get; private set; } = null!;

    /// <summary>The loop that asks Stripe about objects.</summary>
    public LeasedWorker Fetcher { get; private set; } = null!;

    public EventStore Events { get; private set; } = null!;

    public JobStore Jobs { get; private set; } = null!;

    public ObjectStore Objects { get; private set; } = null!;

    public AccountStore Accounts { get; private set; } = null!;

    public CounterStore Counters { get; private set; } = null!;

    public EventKeeper Keeper { get; private set; } = null!;

    public EventJobHandler Handler { get; private set; } = null!;

    /// <summary>What the handler of events says.</summary>
    public Journal<EventJobHandler> Log { get; } = new();

    public Worker Worker { get; private set; } = null!;

    public LeasedWorker Lookups { get; private set; } = null!;

    public DeadLetters DeadLetters { get; private set; } = null!;

    public AccountFinder Finder { get; private set; } = null!;

    public AccessReader Facts { get; private set; } = null!;

    public static async Task<TestEngine> CreateAsync(
        Engine engine, WorkerOptions? options = null, AccessOptions? access = null, HttpMessageHandler? stripe = null) =>
        new(await TestDatabase.CreateAsync(engine), options ?? new(), access ?? new(), stripe);

    /// <summary>Another node on the same store.</summary>
    public async Task<TestEngine> JoinAsync() => new(await Store.JoinAsync(), Options, Access, Stripe);

    /// <summary>Closes everything and starts anew on the same store.</summary>
    public async Task RestartAsync()
    {
        await Store.RestartAsync();
        Build();
    }

    /// <summary>Stores these bodies together, as one group of deliveries.</summary>
    public async Task<Receipt[]> DeliverAsync(params byte[][] bodies) =>
        (await Database.WriteAsync(
            Turn.Ingest,
            session => Keeper.KeepAsync(session, [.. bodies.Select(Delivery)]),
            TestContext.Current.CancellationToken)).OrThrow();

    public Task<Receipt[]> DeliverAsync(params string[] bodies) => DeliverAsync([.. bodies.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Runs turns until nothing is due.</summary>
    public async Task ApplyAllAsync()
    {
        while (await Worker.TurnAsync(TestContext.Current.CancellationToken) > 0)
        {
        }
    }

    /// <summary>Does the lookups that are due.</summary>
    public async Task LookUpAsync()
    {
        await Lookups.BeginAsync(TestContext.Current.CancellationToken);
        await Lookups.DrainAsync();
    }

    /// <summary>Asks Stripe what is due to be asked.</summary>
    public async Task FetchAsync()
    {
        while (await Fetcher.BeginAsync(TestContext.Current.CancellationToken) > 0)
        {
            await Fetcher.DrainAsync();
        }
    }

    public Delivery Delivery(byte[] body) => new()
    {
        Endpoint = "default",
        Envelope = Envelope.Read(body) is EnvelopeCheck.Sound(var envelope)
            ? envelope
            : throw new InvalidOperationException($"Not an event: {Envelope.Read(body)}"),
        Body = body,
        Hash = SHA256.HashData(body),
        ReceivedAt = Clock.GetUtcNow(),
        Correlation = "test",
        Secret = "test",
    };

    /// <summary>The end state as one hash.</summary>
    public async Task<string> HashAsync()
    {
        var objects = await Store.TextsAsync(EndState.Objects(Store.Say));
        var accounts = await Store.TextsAsync(EndState.Accounts(Store.Say));
        string[] rows = [.. objects.Concat(accounts).Order(StringComparer.Ordinal)];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))));
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private void Build()
    {
        Events = new(Database);
        Jobs = new(Database);
        Objects = new(Database);
        Accounts = new(Database);
        Counters = new(Database);
        var doorbell = new Doorbell();
        Keeper = new(Events, Jobs, Counters, new AlertStore(Database), Clock, NullLogger<EventKeeper>.Instance);
        Fetches = new(Database);
        var needs = new NeedsReader(Objects, Access);
        var parked = new ParkedStore(Database);
        var stripe = new StripeClient(
            new(Stripe ?? new FakeStripe(), disposeHandler: false) { BaseAddress = new("http://stripe.test") },
            Keys);
        var parking = new Parking(
            parked,
            Objects,
            needs,
            new FindingStore(Database),
            new AlertStore(Database),
            Jobs,
            stripe,
            Access,
            Clock);
        var doubts = new Doubts(Fetches, Jobs, stripe, StripeOptions, Clock);
        var observed = new ObservedObjects(
            Objects, new AccountBinder(Accounts, Access, Clock), parking, doubts, Counters, StripeOptions, Clock);
        Handler = new(Events, observed, doubts, Counters, Log);
        FetchHandler = new(
            Database,
            Fetches,
            Objects,
            observed,
            Counters,
            new AlertStore(Database),
            stripe,
            StripeOptions,
            Clock,
            NullLogger<FetchHandler>.Instance);
        Fetcher = new(
            FetchHandler,
            Database,
            Jobs,
            doorbell,
            Options,
            Clock,
            new Random(3),
            NullLogger<LeasedWorker>.Instance);
        Lookups = new(
            new LookupHandler(
                Database, parked, Objects, needs, observed, stripe, Clock, NullLogger<LookupHandler>.Instance),
            Database,
            Jobs,
            doorbell,
            Options,
            Clock,
            new Random(2),
            NullLogger<LeasedWorker>.Instance);
        Worker = new(
            Handler,
            Database,
            Jobs,
            new NodeStore(Database),
            new ThisNode("test", "0"),
            doorbell,
            new AttemptWatch(Clock),
            Options,
            Clock,
            new Random(1),
            NullLogger<Worker>.Instance);
        DeadLetters = new(
            Database, Jobs, new DeadLetterStore(Database), new AuditStore(Database, Clock), doorbell, Clock);
        Finder = new(Accounts);
        Facts = new(Accounts, Objects, needs);
    }
}
