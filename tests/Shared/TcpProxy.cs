using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Testing;

/// <summary>
/// A way to a PostgreSQL server that knows where messages begin and end, and does to each what a rule says: pass it on,
/// hold it, or lose it together with the connection. It can also be lost as a whole.
/// </summary>
/// <remarks>It refuses encryption, as it could not read what it passes on.</remarks>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly int _server;
    private readonly Lock _asking = new();
    private readonly ConcurrentDictionary<int, Task> _connections = [];
    private Func<ProxyMessage, ProxyAction> _rule = Forward;
    private CancellationTokenSource _cut = new();
    private TcpListener? _listener;
    private Task _listening = Task.CompletedTask;
    private int _count;

    private TcpProxy(int server) => _server = server;

    public int Port { get; } = FreePort.Next();

    /// <summary>How many connections were made to it, up to now.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>What becomes of each message from now on: it is asked about one message after another.</summary>
    public Func<ProxyMessage, ProxyAction> Rule
    {
        set
        {
            lock (_asking)
            {
                _rule = value;
            }
        }
    }

    /// <param name="server">The server's port on this machine.</param>
    public static TcpProxy Start(int server)
    {
        var proxy = new TcpProxy(server);
        proxy.Listen();
        return proxy;
    }

    /// <summary>Takes connections again after <see cref="Refuse"/>.</summary>
    public void Listen()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        _listening = AcceptAsync(_listener);
    }

    /// <summary>Takes no new connections; those there are stay.</summary>
    public void Refuse() => _listener?.Stop();

    /// <summary>Loses every connection there is.</summary>
    public void Cut() => Interlocked.Exchange(ref _cut, new()).Cancel();

    /// <summary>The rule there is at first.</summary>
    public static ProxyAction Forward(ProxyMessage message) => new ProxyAction.Forward();

    public async ValueTask DisposeAsync()
    {
        Refuse();
        await _listening;
        Cut();
        await Task.WhenAll(_connections.Values);
        _cut.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (SocketException)
            {
                // It listens no more.
                return;
            }

            var number = Interlocked.Increment(ref _count);
            _connections[number] = new ProxiedConnection(number, client, Ask).RunAsync(_server, _cut.Token);
        }
    }

    private ProxyAction Ask(ProxyMessage message)
    {
        lock (_asking)
        {
            return _rule(message);
        }
    }
}
