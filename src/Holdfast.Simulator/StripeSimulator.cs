using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator;

/// <summary>
/// A Stripe in a box: an API with state, time that can be moved on, and signed events. For tests in any language and for
/// trying things out; it keeps everything in memory.
/// </summary>
public sealed class StripeSimulator : IAsyncDisposable
{
    private readonly World _world;
    private readonly Api _api;
    private ApiServer? _server;

    private StripeSimulator(SimulatorOptions options)
    {
        _world = new World(Catalog.Everything(), new WorldClock(options.Time), options.Seed)
        {
            DefaultVersion = options.Version,
        };
        _api = new Api(_world);
    }

    /// <summary>Where the API listens, to be given to a client as its base URL.</summary>
    public Uri Url => _server?.Url ?? throw new InvalidOperationException("The simulator was not started with a port.");

    internal World World => _world;

    public static async Task<StripeSimulator> StartAsync(SimulatorOptions? options = null, CancellationToken ct = default)
    {
        options ??= new SimulatorOptions();
        var simulator = new StripeSimulator(options);
        simulator._server = await ApiServer.StartAsync(simulator._api, options.Port, ct);
        return simulator;
    }

    /// <summary>One call without a socket, as a scenario or a test in the same process makes it.</summary>
    public Task<ApiResponse> CallAsync(ApiRequest request, CancellationToken ct = default) => _api.AnswerAsync(request, ct);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
