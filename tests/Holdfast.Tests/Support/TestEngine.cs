using System.Security.Cryptography;
using System.Text;
using Holdfast.Access;
using Holdfast.Alerts;
using Holdfast.Apply;
using Holdfast.Audit;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Mirror;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Support;

/// <summary>The whole engine on a store of its own, with the steps of its loops in a test's hand.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private TestEngine(TestDatabase store, WorkerOptions options)
    {
        Store = store;
        Options = options;
        Build();
    }

    public TestDatabase Store { get; }

    public ManualClock Clock => Store.Clock;

    public Database Database => Store.Database;

    public WorkerOptions Options { get; }

    public EventStore Events { get; private set; } = null!;

    public JobStore Jobs { get; private set; } = null!;

    public ObjectStore Objects { get; private set; } = null!;

    public AccountStore Accounts { get; private set; } = null!;

    public CounterStore Counters { get; private set; } = null!;

    public EventKeeper Keeper { get; private set; } = null!;

    public EventJobHandler Handler { get; private set; } = null!;

    public Worker Worker { get; private set; } = null!;

    public DeadLetters DeadLetters { get; private set; } = null!;

    public AccountFinder Finder { get; private set; } = null!;

    public AccessReader Facts { get; private set; } = null!;

    public static async Task<TestEngine> CreateAsync(Engine engine, WorkerOptions? options = null) =>
        new(await TestDatabase.CreateAsync(engine), options ?? new());

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

    /// <summary>
    /// The end state as one hash: every object, and who belongs together. Rows' numbers and our own clock are left out,
    /// because they tell how the state came about and not what it is.
    /// </summary>
    public async Task<string> HashAsync()
    {
        var objects = await Store.TextsAsync(Store.Say(
            """
            select json_array(stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of,
                cause, confirmed, in_doubt, deleted, hex(hash))
            from objects
            order by type, id, livemode, stripe_account
            """,
            """
            select json_array(stripe_account, livemode::int, type, id, body::text, api_version, customer, status, parent,
                (extract(epoch from as_of) * 1000)::bigint, cause, confirmed::int, in_doubt::int, deleted::int,
                upper(encode(hash, 'hex')) null on null)
            from objects
            order by type, id, livemode, stripe_account
            """));
        var accounts = await Store.TextsAsync(Store.Say(
            """
            select json_array(a.stripe_account, a.livemode, a.reference, group_concat(c.customer))
            from accounts a
            left join (select * from account_customers order by customer) c on c.account = a.id
            group by a.id
            order by 1
            """,
            """
            select json_array(a.stripe_account, a.livemode::int, a.reference, string_agg(c.customer, ',' order by c.customer))
            from accounts a
            left join account_customers c on c.account = a.id
            group by a.id
            order by 1
            """));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', objects.Concat(accounts)))));
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
        Handler = new(
            Events,
            Objects,
            new AccountBinder(Accounts, new AccessOptions(), Clock),
            Counters,
            Clock,
            NullLogger<EventJobHandler>.Instance);
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
        Facts = new(Accounts, Objects);
    }
}
