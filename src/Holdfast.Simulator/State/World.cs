using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator.State;

/// <summary>
/// Everything one simulated Stripe account holds. Not safe for several threads: whoever touches it holds
/// <see cref="Gate"/>, as the API does for the length of a call.
/// </summary>
internal sealed class World(Catalog catalog, WorldClock clock, long seed)
{
    private readonly Dictionary<(string Type, string Id), StripeObject> _objects = [];
    private readonly Dictionary<string, List<StripeObject>> _byType = [];
    private readonly Dictionary<string, StripeObject> _byId = [];
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Leave? _leave;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public Catalog Catalog { get; } = catalog;

    public WorldClock Clock { get; } = clock;

    /// <summary>A world that was loaded goes on with the seed it was saved with.</summary>
    public long Seed => Chances.Seed;

    public Chances Chances { get; } = new(seed);

    public Ids Ids => field ??= new Ids(Chances.For("ids"));

    public Timeline Timeline { get; } = new();

    public EventLog Events { get; } = new();

    /// <summary>What is still to be sent to endpoints.</summary>
    public Outbox Outbox { get; } = new();

    public DeliveryLog Deliveries { get; init; } = new();

    public DeliveryOptions Delivery { get; init; } = new();

    public Forecast Forecast { get; set; } = Forecast.Calm;

    public Outages Outages { get; } = new();

    public StaleReads StaleReads { get; } = new();

    public Counts Counts { get; } = new();

    public Idempotency Idempotency { get; } = new();

    public Keys Keys { get; } = new();

    public RateLimit RateLimit { get; } = new();

    /// <summary>The account's own version: of requests that name none, and of events for endpoints that name none.</summary>
    public ApiVersion DefaultVersion { get; set; } = ApiVersion.Newest;

    /// <summary>What the account sets for its subscriptions.</summary>
    public BillingSettings Billing { get; set; } = new();

    /// <summary>How many customers scenarios have had.</summary>
    public int Shoppers { get; set; }

    /// <summary>
    /// Which world this is: each that is begun or loaded is another, and what was sent of one is not of the next.
    /// </summary>
    public int Epoch { get; private set; }

    /// <summary>
    /// Ends with the first fault, of the simulator's own or of whoever watches it, while time flowed by itself. There is no
    /// way back: a world half changed cannot be relied on, and neither can what it would be saved as.
    /// </summary>
    public Task<Exception> Broken => _broken.Task;

    public void Break(Exception fault) => _broken.TrySetResult(fault);

    /// <summary>Throws when something is broken.</summary>
    public void GuardWhole()
    {
        if (Broken.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException(
                "What fell due, or its delivery, has failed, and nothing can be relied on any more: start the simulator anew.",
                Broken.Result);
        }
    }

    /// <summary>Called when something new was told, or is to be sent.</summary>
    public Action? Stirred { get; set; }

    /// <summary>Unix milliseconds in the world's own time.</summary>
    public long NowMilliseconds => Clock.Now.ToUnixTimeMilliseconds();

    /// <summary>Waits for the gate; what is returned opens it again.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await Gate.WaitAsync(ct);
        return _leave ??= new Leave(Gate);
    }

    /// <summary>Ends an operation well: what it has to tell becomes events.</summary>
    public void Commit(Operation operation)
    {
        foreach (var happening in operation.Happenings)
        {
            happening.Item.WasTold(happening.Body);
            Dispatch.Tell(this, Events.Add(this, happening, operation.Cause));
            if (DeliveryWeather.TellsTwice(this))
            {
                Dispatch.Tell(this, Events.Add(this, happening, operation.Cause));
            }
        }

        StaleReads.Note(this, operation.Originals);

        if (operation.Happenings.Count > 0)
        {
            Stirred?.Invoke();
        }

        foreach (var next in operation.Sequel)
        {
            next(this);
        }
    }

    /// <summary>Unix seconds on this test clock, or in the world's own time.</summary>
    public long Now(string? testClock) =>
        testClock is null ? Clock.Now.ToUnixTimeSeconds()
        : Find(TestClocks.Type, testClock)?.Hidden.Number("now") ?? Clock.Now.ToUnixTimeSeconds();

    public StripeObject? Find(ObjectType type, string? id) =>
        id is not null && _objects.TryGetValue((type.Name, id), out var found) ? found : null;

    /// <summary>Whatever has this id, for what is known by its id alone, as in an expansion.</summary>
    public StripeObject? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>All of a type in the order they were made.</summary>
    public IReadOnlyList<StripeObject> All(ObjectType type) => _byType.TryGetValue(type.Name, out var all) ? all : [];

    /// <summary>All objects, type by type, each in the order they were made.</summary>
    public IEnumerable<StripeObject> Everything() => _byType.Values.SelectMany(all => all);

    /// <param name="place">Among those of its type; null puts it last.</param>
    public void Add(StripeObject item, int? place = null)
    {
        _objects.Add((item.Type.Name, item.Id), item);
        _byId.TryAdd(item.Id, item);
        if (!_byType.TryGetValue(item.Type.Name, out var all))
        {
            _byType[item.Type.Name] = all = [];
        }

        all.Insert(place ?? all.Count, item);
    }

    /// <returns>Where it stood among those of its type.</returns>
    public int Remove(StripeObject item)
    {
        var all = _byType[item.Type.Name];
        var place = all.LastIndexOf(item);
        all.RemoveAt(place);
        _objects.Remove((item.Type.Name, item.Id));
        if (_byId.GetValueOrDefault(item.Id) == item)
        {
            _byId.Remove(item.Id);
        }

        return place;
    }

    public void Clear()
    {
        Epoch++;
        Shoppers = 0;
        _objects.Clear();
        _byType.Clear();
        _byId.Clear();
        Timeline.Clear();
        Events.Clear();
        Outbox.Clear();
        Deliveries.Clear();
        Counts.Clear();
        Idempotency.Clear();
        Keys.Clear();
        RateLimit.Clear();
        Outages.Clear();
        StaleReads.Clear();
    }

    private sealed class Leave(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
