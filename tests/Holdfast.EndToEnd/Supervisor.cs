using System.Collections.Concurrent;
using System.Net;

namespace Holdfast.EndToEnd;

/// <summary>Starts the server again whenever it ends, as systemd does with <c>Restart=always</c>.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private readonly string _databaseUrl;
    private readonly (string Name, string Value)[] _settings;
    private readonly ConcurrentQueue<int> _exitCodes = [];
    private readonly List<ServerProcess> _servers = [];
    private readonly Task _running;
    private volatile ServerProcess _server;
    private volatile bool _stopped;

    private Supervisor(string databaseUrl, (string Name, string Value)[] settings)
    {
        _databaseUrl = databaseUrl;
        _settings = settings;
        _server = Launch();
        _running = RunAsync();
    }

    /// <summary>How the server ended, each time it did.</summary>
    public IReadOnlyCollection<int> ExitCodes => _exitCodes;

    /// <summary>The one that runs now; it may be about to end.</summary>
    public ServerProcess Server => _server;

    public static Supervisor Start(string databaseUrl, params (string Name, string Value)[] settings) =>
        new(databaseUrl, settings);

    /// <summary>Delivers again and again until it is acknowledged, as Stripe does.</summary>
    public Task DeliverAsync(byte[] body) =>
        Wait.UntilAsync("the event is acknowledged", () => IsAcknowledgedAsync(body));

    /// <returns>How many dead letters there are; 0 also when no server answers just now.</returns>
    public async Task<long> DeadAsync()
    {
        try
        {
            return await Server.IsListeningAsync() ? await Server.EventJobsAsync("dead") : 0;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        while (!_running.IsCompleted)
        {
            // It may just have been started again.
            _server.Kill();
            await Task.WhenAny(_running, Task.Delay(10));
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task<bool> IsAcknowledgedAsync(byte[] body)
    {
        try
        {
            return await Server.IsListeningAsync() && (await Server.DeliverAsync(body)).Status is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var code = await _server.ExitAsync(within: Timeout.InfiniteTimeSpan);
            if (_stopped)
            {
                return;
            }

            _exitCodes.Enqueue(code);
            _server = Launch();
        }
    }

    private ServerProcess Launch()
    {
        var server = ServerProcess.Launch(_databaseUrl, _settings);
        _servers.Add(server);
        return server;
    }
}
