using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.EndToEnd.Postgres;

[Collection(ServerTests.Name)]
public sealed class DuplicateStormTests
{
    private const int Events = 10_000;
    private const int Senders = 64;
    private const int AtATime = 100;

    [Fact]
    public async Task Ten_thousand_events_that_64_senders_deliver_at_once_to_three_nodes_are_stored_once_each()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        var wires = await Task.WhenAll(Enumerable.Range(0, Senders).Select(
            sender => Wire.OpenAsync(cluster.Nodes[sender % cluster.Nodes.Count].Url)));
        string[] ids = [.. Enumerable.Range(0, Events).Select(number => $"evt_{number}")];

        // All senders are at the same few events at any time; each takes them in an order of its own.
        var refused = 0;
        foreach (var some in ids.Chunk(AtATime))
        {
            var requests = some.Select(id => Wire.Delivery(StripeEvent.Of(id))).ToArray();
            await Task.WhenAll(wires.Select(async (wire, sender) =>
            {
                var order = requests.ToArray();
                new Random(sender).Shuffle(order);
                foreach (var request in order)
                {
                    while (await wire.AskAsync(request) is not 200 and var status)
                    {
                        Assert.Equal(503, status);
                        Interlocked.Increment(ref refused);
                    }
                }
            }));
        }

        using var kept = cluster.Store.Look();
        await Cluster.SettledAsync(kept);
        Assert.Empty(ids.Except(kept.EventIds()));
        kept.AssertAppliedOnce();
        Assert.Equal(Events, kept.Number("select count(*) from events"));

        // A delivery that is refused because it took too long may be stored, and is then delivered once more.
        Assert.InRange(
            kept.Number("select sum(deliveries)::bigint from event_ids"),
            Events * Senders,
            (Events * Senders) + Volatile.Read(ref refused));
        Array.ForEach(wires, wire => wire.Dispose());
    }

    /// <summary>One kept-open connection that sends a request and reads the status of its answer: cheap.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _answer = new byte[16 * 1024];

        public static async Task<Wire> OpenAsync(Uri node)
        {
            var wire = new Wire();
            await wire._socket.ConnectAsync(node.Host, node.Port);
            return wire;
        }

        /// <summary>A request as Stripe would make it, signed now.</summary>
        public static byte[] Delivery(byte[] body) =>
        [
            .. Encoding.ASCII.GetBytes(
                $"POST /webhooks/stripe HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
                + $"Stripe-Signature: {StripeEvent.Sign(body, ServerProcess.Secret)}\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ];

        /// <returns>The status.</returns>
        public async Task<int> AskAsync(byte[] request)
        {
            await _socket.SendAsync(request);
            var length = 0;
            do
            {
                var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
                Assert.NotEqual(0, read);
                length += read;
            }
            while (!IsWhole(_answer.AsSpan(0, length)));
            Assert.True(Utf8Parser.TryParse(_answer.AsSpan("HTTP/1.1 ".Length), out int status, out _));
            return status;
        }

        public void Dispose() => _socket.Dispose();

        private static bool IsWhole(ReadOnlySpan<byte> answer)
        {
            var end = answer.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            var at = answer[..end].IndexOf("Content-Length: "u8);
            return at < 0
                ? answer.EndsWith("0\r\n\r\n"u8)
                : Utf8Parser.TryParse(answer[(at + "Content-Length: ".Length)..], out int length, out _)
                    && answer.Length >= end + 4 + length;
        }
    }
}
