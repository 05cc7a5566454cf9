using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Delivers events to one node after another, and each event again until it is acknowledged, as Stripe does. A node
/// that did not answer in time is left alone for a moment, as by whatever stands between Stripe and the nodes.
/// </summary>
internal sealed class PatientLoad : IDisposable
{
    private const int Connections = 12;

    // Some hundreds a second: enough that every fault meets work, and that this machine has time for both.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<ClusterNode> _nodes;
    private readonly string _prefix;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly ConcurrentDictionary<string, ClusterNode> _acknowledged = [];
    private readonly ConcurrentDictionary<ClusterNode, DateTimeOffset> _avoided = [];
    private readonly ConcurrentQueue<string> _surprises = [];
    private readonly Task _senders;
    private int _count;
    private int _turn;
    private int _unavailable;
    private volatile bool _ended;

    private PatientLoad(IReadOnlyList<ClusterNode> nodes, string prefix)
    {
        _nodes = nodes;
        _prefix = prefix;
        _senders = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => SendAsync()));
    }

    /// <summary>Answered 2xx: these must never be lost.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>How many deliveries were answered 503.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    public static PatientLoad Start(Cluster cluster, string prefix = "load") => new(cluster.Nodes, prefix);

    public int AcknowledgedBy(ClusterNode node) => _acknowledged.Values.Count(by => by == node);

    /// <summary>Waits until so many more are acknowledged than now; by that node, where one is given.</summary>
    public Task MoreAsync(int count, ClusterNode? by = null)
    {
        var enough = Counted() + count;
        return Wait.UntilAsync($"{count} more events are acknowledged", () => Counted() >= enough);

        int Counted() => by is null ? _acknowledged.Count : AcknowledgedBy(by);
    }

    /// <summary>Waits until so many more deliveries are answered 503 than now.</summary>
    public Task RefusedAsync(int count)
    {
        var enough = Unavailable + count;
        return Wait.UntilAsync($"{count} more deliveries are answered 503", () => Unavailable >= enough);
    }

    /// <summary>Begins no more events, and waits until all it began are acknowledged.</summary>
    /// <returns>All of them.</returns>
    public async Task<IReadOnlyCollection<string>> EndAsync()
    {
        _ended = true;
        await _senders.WaitAsync(Wait.Deadline);
        Assert.Empty(_surprises);
        Assert.Equal(_count, _acknowledged.Count);
        return Acknowledged;
    }

    public void Dispose()
    {
        _ended = true;
        _http.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_ended)
        {
            var id = $"evt_{_prefix}_{Interlocked.Increment(ref _count)}";
            while (!await IsAcknowledgedAsync(id))
            {
                await Task.Delay(Pause);
            }

            await Task.Delay(Pause);
        }
    }

    private async Task<bool> IsAcknowledgedAsync(string id)
    {
        var node = Next();
        try
        {
            var status = await DeliverAsync(node.Url, id);
            switch (status)
            {
                case HttpStatusCode.OK:
                    _acknowledged[id] = node;
                    return true;
                case HttpStatusCode.ServiceUnavailable:
                    Interlocked.Increment(ref _unavailable);
                    return false;
                default:
                    _surprises.Enqueue($"{node.Name} answered {status} to {id}.");
                    return true;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            _avoided[node] = DateTimeOffset.UtcNow + Patience;
            return false;
        }
    }

    private ClusterNode Next()
    {
        var start = Interlocked.Increment(ref _turn);
        var now = DateTimeOffset.UtcNow;
        for (var step = 0; step < _nodes.Count; step++)
        {
            var node = _nodes[(start + step) % _nodes.Count];
            if (_avoided.GetValueOrDefault(node) <= now)
            {
                return node;
            }
        }

        return _nodes[start % _nodes.Count];
    }

    private async Task<HttpStatusCode> DeliverAsync(Uri node, string id)
    {
        var body = StripeEvent.Of(id);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/webhooks/stripe"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeEvent.Sign(body, ServerProcess.Secret));
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
