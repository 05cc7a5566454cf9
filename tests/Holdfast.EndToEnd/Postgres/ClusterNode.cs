using System.Net;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// One of several nodes on a database: at an address that stays the same, on a way to the database of its own, and
/// started again whenever it ends.
/// </summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private readonly Supervisor _supervisor;

    private ClusterNode(string name, Uri url, TcpProxy way, Supervisor supervisor)
    {
        Name = name;
        Url = url;
        Way = way;
        _supervisor = supervisor;
    }

    public string Name { get; }

    public Uri Url { get; }

    /// <summary>Its way to the database.</summary>
    public TcpProxy Way { get; }

    /// <summary>The process that it is now; it may be about to end.</summary>
    public ServerProcess Process => _supervisor.Server;

    public static ClusterNode Start(PostgresStore store, string name, params (string Name, string Value)[] settings)
    {
        var way = TcpProxy.Start(store.Server.Port);
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        (string, string)[] own = [("ASPNETCORE_URLS", $"{url}"), ("HOLDFAST_NODE", name)];
        return new(name, url, way, Supervisor.Start(store.Server.Url(store.Database, way.Port), [.. own, .. settings]));
    }

    /// <summary>Waits until it takes deliveries in.</summary>
    public Task IsReadyAsync() => Wait.UntilAsync($"{Name} is ready", async () =>
    {
        try
        {
            return await Process.IsListeningAsync()
                && (await Process.CallAsync(HttpMethod.Get, "/readyz")).Status is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>Waits until it says that it cannot take deliveries in.</summary>
    public Task IsNotReadyAsync() => Wait.UntilAsync($"{Name} is not ready", async () =>
        (await Process.CallAsync(HttpMethod.Get, "/readyz")).Status is HttpStatusCode.ServiceUnavailable);

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        await Way.DisposeAsync();
    }
}
