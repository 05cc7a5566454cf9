using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Delivers round after round of events to one node after another, and each event again until it is acknowledged, as
/// Stripe does. A node that did not answer in time, or could not store, is left alone for a moment, as by whatever stands
/// between Stripe and the nodes.
/// </summary>
internal sealed class PatientLoad : IDisposable
{
    private const int Connections = 12;

    // Some hundreds a second: enough that every fault meets work, and that this machine has time for both.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<ClusterNode> _nodes;
    private readonly int _firstRound;
    private readonly Queue<(string Id, byte[] Body)> _arrivals = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly ConcurrentDictionary<string, ClusterNode> _acknowledged = [];
    private readonly ConcurrentDictionary<ClusterNode, DateTimeOffset> _avoided = [];
    private readonly ConcurrentQueue<string> _surprises = [];
    private readonly Task _senders;
    private int _rounds;
    private int _turn;
    private int _unavailable;
    private volatile bool _ended;

    private PatientLoad(IReadOnlyList<ClusterNode> nodes, int firstRound)
    {
        _nodes = nodes;
        _firstRound = firstRound;
        _senders = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => SendAsync()));
    }

    /// <summary>Answered 2xx: these must never be lost.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>How many deliveries were answered 503.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    /// <summary>The rounds that it has begun.</summary>
    public IEnumerable<int> Rounds => Enumerable.Range(_firstRound, _rounds);

    public static PatientLoad Start(Cluster cluster, int firstRound = 1) => new(cluster.Nodes, firstRound);

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

    /// <summary>Begins no more rounds, and waits until all events of those it began are acknowledged.</summary>
    /// <returns>All of them.</returns>
    public async Task<IReadOnlyCollection<string>> EndAsync()
    {
        _ended = true;
        await _senders.WaitAsync(Wait.Deadline);
        Assert.Empty(_surprises);
        Assert.Equal(_rounds * Round.Size, _acknowledged.Count);
        return Acknowledged;
    }

    public void Dispose()
    {
        _ended = true;
        _http.Dispose();
    }

    private async Task SendAsync()
    {
        while (Arrival() is { } arrival)
        {
            while (!await IsAcknowledgedAsync(arrival.Id, arrival.Body))
            {
                await Task.Delay(Pause);
            }

            await Task.Delay(Pause);
        }
    }

    private (string Id, byte[] Body)? Arrival()
    {
        lock (_arrivals)
        {
            if (_arrivals.Count is 0 && !_ended)
            {
                foreach (var arrival in Round.Arrivals(_firstRound + _rounds))
                {
                    _arrivals.Enqueue(arrival);
                }

                _rounds++;
            }

            return _arrivals.TryDequeue(out var next) ? next : null;
        }
    }

    private async Task<bool> IsAcknowledgedAsync(string id, byte[] body)
    {
        var node = Next();
        try
        {
            var status = await DeliverAsync(node.Url, body);
            switch (status)
            {
                case HttpStatusCode.OK:
                    _acknowledged.TryAdd(id, node);
                    return true;
                case HttpStatusCode.ServiceUnavailable:
                    Interlocked.Increment(ref _unavailable);
                    Avoid(node);
                    return false;
                default:
                    _surprises.Enqueue($"{node.Name} answered {status} to {id}.");
                    return true;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Avoid(node);
            return false;
        }
    }

    private void Avoid(ClusterNode node) => _avoided[node] = DateTimeOffset.UtcNow + Patience;

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

    private async Task<HttpStatusCode> DeliverAsync(Uri node, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/webhooks/stripe"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeEvent.Sign(body, ServerProcess.Secret));
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
