using System.Collections.Concurrent;
using System.Net;

namespace Holdfast.EndToEnd;

/// <summary>Many connections that deliver one event after another, each new, until the server is gone.</summary>
internal sealed class Load
{
    private readonly ServerProcess _server;
    private readonly string _prefix;
    private readonly ConcurrentQueue<string> _acknowledged = [];
    private readonly ConcurrentQueue<string> _unacknowledged = [];
    private readonly Task _senders;
    private int _count;
    private volatile bool _ended;

    private Load(ServerProcess server, int connections, string prefix)
    {
        _server = server;
        _prefix = prefix;
        _senders = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => SendAsync()));
    }

    /// <summary>Answered 2xx: these must never be lost.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Answered otherwise or not at all: these may be stored or not.</summary>
    public IReadOnlyCollection<string> Unacknowledged => _unacknowledged;

    public static Load Start(ServerProcess server, int connections, string prefix) => new(server, connections, prefix);

    public Task AcknowledgedAsync(int count) =>
        Wait.UntilAsync($"{count} events are acknowledged", () => _acknowledged.Count >= count);

    /// <summary>Sends no more, and waits until every request has been answered or has failed.</summary>
    public async Task EndAsync()
    {
        _ended = true;
        await GoneAsync();
    }

    /// <summary>Waits until every connection has found the server gone.</summary>
    public Task GoneAsync() => _senders.WaitAsync(Wait.Deadline);

    private async Task SendAsync()
    {
        while (!_ended)
        {
            var id = $"evt_{_prefix}_{Interlocked.Increment(ref _count)}";
            try
            {
                var answer = await _server.DeliverAsync(StripeEvent.Of(id));
                (answer.Status is HttpStatusCode.OK ? _acknowledged : _unacknowledged).Enqueue(id);
            }
            catch (HttpRequestException)
            {
                _unacknowledged.Enqueue(id);
                return;
            }
        }
    }
}
