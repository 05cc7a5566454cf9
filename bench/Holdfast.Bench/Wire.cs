using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Bench;

/// <summary>One kept-open HTTP/1.1 connection that asks and waits: no more than load needs, so it is cheap.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[64 * 1024];

    public static async Task<Wire> OpenAsync(int port)
    {
        var wire = new Wire();
        await wire._socket.ConnectAsync(IPAddress.Loopback, port);
        return wire;
    }

    /// <returns>The status; <see cref="Answer"/> holds the whole answer until the next call.</returns>
    /// <exception cref="IOException">The server hung up.</exception>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        var length = 0;
        do
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
        while (!IsWhole(_answer.AsSpan(0, length)));
        Answer = _answer.AsMemory(0, length);
        return Utf8Parser.TryParse(_answer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    public ReadOnlyMemory<byte> Answer { get; private set; }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = answer[..(end + 2)];
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0
            ? Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) && answer.Length >= end + 4 + length
            : answer.EndsWith("0\r\n\r\n"u8);
    }

    public void Dispose() => _socket.Dispose();
}
