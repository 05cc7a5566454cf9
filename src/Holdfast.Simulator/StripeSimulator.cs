using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Events;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Scenarios;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator;

/// <summary>
/// A Stripe in a box: an API with state, time that can be moved on, and signed events. For tests in any language and for
/// trying things out; it keeps everything in memory.
/// </summary>
public sealed class StripeSimulator : IAsyncDisposable
{
    /// <summary>Longer than events are under way, shorter than the first retry.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    private readonly SimulatorOptions _options;
    private readonly World _world;
    private readonly Api _api;
    private readonly Courier _courier;
    private readonly Passing _passing;
    private readonly Pump? _pump;
    private readonly Theatre _theatre;
    private ApiServer? _server;

    private StripeSimulator(SimulatorOptions options)
    {
        _options = options;
        _world = new World(Catalog.Everything(), new WorldClock(options.Time), options.Seed)
        {
            Billing = options.Billing,
            DefaultVersion = options.Version,
            Delivery = options.Delivery,
            Deliveries = new() { Watch = options.Watch },
            Forecast = options.Forecast,
        };
        _courier = new Courier(_world, options.SigningTime ?? options.Time, options.Carrier);
        _passing = new Passing(_world, _courier);
        if (options.Flows ?? options.Time == TimeProvider.System)
        {
            _pump = new Pump(_world, _passing, _courier);
        }

        _theatre = new Theatre(this);
        Control = new Control();
        ControlRoutes.Map(Control, this);
        ScenarioRoutes.Map(Control, this);
        BillingSettingsApi.Map(Control, _world);
        ToldRoutes.Map(Control, _world);
        _api = new Api(_world, Control);
    }

    /// <summary>Where the API listens, to be given to a client as its base URL.</summary>
    public Uri Url => _server?.Url ?? throw new InvalidOperationException("The simulator was not started with a port.");

    /// <summary>The world's own time.</summary>
    public DateTimeOffset Now => _world.Clock.Now;

    /// <summary>The account's API version: that it began with, or that of the world that was loaded.</summary>
    public ApiVersion Version => _world.DefaultVersion;

    /// <summary>
    /// Ends with what has failed while time flowed by itself, in the simulator or in <see cref="SimulatorOptions.Watch"/>.
    /// From then on every call throws, and only a new simulator helps.
    /// </summary>
    public Task<Exception> Broken => _world.Broken;

    /// <summary>The names of the scenarios that can be played, each with a sentence on it.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Scenarios { get; } =
        [.. ScenarioBook.All.Select(scenario => (scenario.Name, scenario.Summary))];

    internal World World => _world;

    /// <summary>Routes under <c>/_simulator/</c>, for whoever has more to offer there.</summary>
    internal Control Control { get; }

    /// <summary>Begins a world, and listens on <see cref="SimulatorOptions.Port"/>. Disposing of it ends both.</summary>
    public static async Task<StripeSimulator> StartAsync(SimulatorOptions? options = null, CancellationToken ct = default)
    {
        options ??= new SimulatorOptions();
        var simulator = new StripeSimulator(options);
        if (options.Port is { } port)
        {
            simulator._server = await ApiServer.StartAsync(simulator._api, port, ct);
        }

        simulator._pump?.Start();
        return simulator;
    }

    /// <summary>A way to the API without a socket, to be put under an <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler NewHandler() => new ApiHandler(_api);

    /// <summary>One call without a socket, as a scenario or a test in the same process makes it.</summary>
    public Task<ApiResponse> CallAsync(ApiRequest request, CancellationToken ct = default) => _api.AnswerAsync(request, ct);

    /// <summary>Sends events to this URL from now on, as an endpoint made over the API.</summary>
    /// <param name="secret">What signs; null makes one.</param>
    /// <param name="version">The shape events are told in; null is the account's.</param>
    /// <param name="events">The names it listens to; none are all.</param>
    /// <returns>The endpoint's id and secret.</returns>
    /// <exception cref="SimulatorException">There are as many endpoints as there may be.</exception>
    public async Task<(string Id, string Secret)> AddEndpointAsync(
        Uri url, string? secret = null, ApiVersion? version = null, IReadOnlyList<string>? events = null,
        CancellationToken ct = default)
    {
        using (await _world.EnterAsync(ct))
        {
            return WebhookEndpoints.Add(_world, url, secret, version, events ?? ["*"]);
        }
    }

    /// <summary>
    /// Moves the world's own time on. What it brings, and what is to be delivered, happens at its moment, one after the
    /// other; it returns when the endpoints have answered.
    /// </summary>
    public Task AdvanceAsync(TimeSpan span, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        _world.GuardWhole();
        return _passing.AdvanceAsync(span, ct);
    }

    /// <summary>All of it as JSON: objects, events, what is due and to be sent, the clock, what chance will say.</summary>
    public async Task<JsonObject> SaveAsync(CancellationToken ct = default)
    {
        using (await _passing.PauseAsync(ct))
        {
            return SavedWorld.Write(_world);
        }
    }

    /// <summary>Goes on where a saved one was.</summary>
    /// <exception cref="SimulatorException">It cannot be read; nothing has changed.</exception>
    public async Task LoadAsync(JsonObject saved, CancellationToken ct = default)
    {
        using (await _passing.PauseAsync(ct))
        {
            SavedWorld.Read(_world, saved);
            _theatre.Reset();
        }
    }

    /// <summary>Begins anew: nothing is left, endpoints neither, and the same calls make the same run. Time goes on.</summary>
    public async Task ResetAsync(CancellationToken ct = default)
    {
        using (await _passing.PauseAsync(ct))
        {
            SavedWorld.Reset(_world, _options);
            _theatre.Reset();
        }
    }

    /// <summary>Lets half a minute pass: long enough for all that was told to arrive, too short for a retry.</summary>
    public Task DeliverAsync(CancellationToken ct = default) => AdvanceAsync(Moment, ct);

    /// <summary>Plays a scenario to its end, moving the world's time on as the story goes.</summary>
    /// <exception cref="ScenarioException">There is none of this name, or it was answered otherwise than it goes.</exception>
    public Task<ScenarioReport> PlayAsync(string scenario, ScenarioOptions? options = null, CancellationToken ct = default) =>
        _theatre.PlayAsync(scenario, options ?? new ScenarioOptions(), ct);

    /// <summary>A shop with customers, for as many months as are wanted.</summary>
    public RunningShop OpenShop() => new(_theatre);

    public async ValueTask DisposeAsync()
    {
        if (_pump is not null)
        {
            await _pump.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _theatre.Dispose();
        _passing.Dispose();
        _courier.Dispose();
        _world.Gate.Dispose();
    }
}
