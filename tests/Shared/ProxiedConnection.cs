using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Testing;

/// <summary>One connection through a <see cref="TcpProxy"/>.</summary>
internal sealed class ProxiedConnection(int number, Socket client, Func<ProxyMessage, ProxyAction> rule)
{
    private readonly ProxyProtocol _protocol = new(number);

    /// <summary>
    /// Passes messages on until both sides have ended the connection, or it is cut. Then the client finds it reset; the
    /// server reads what it was sent before, and then finds the end.
    /// </summary>
    public async Task RunAsync(int serverPort, CancellationToken cut)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cut);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = server.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, serverPort, either.Token);
            await Task.WhenAll(
                RelayAsync(client, server, ProxyDirection.ToServer, either),
                RelayAsync(server, client, ProxyDirection.ToClient, either));
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // A reset, so that the client loses also what it had not read yet.
            client.LingerState = new(enable: true, seconds: 0);
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task RelayAsync(Socket from, Socket to, ProxyDirection direction, CancellationTokenSource either)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            var filled = 0;
            while (await from.ReceiveAsync(buffer.AsMemory(filled), either.Token) is > 0 and var received)
            {
                filled += received;
                var passed = await PassOnAsync(buffer.AsMemory(0, filled), to, direction, either.Token);
                buffer.AsSpan(passed, filled - passed).CopyTo(buffer);
                filled -= passed;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * buffer.Length);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // What is lost in one direction is lost in both.
            await either.CancelAsync();
            throw;
        }
    }

    /// <summary>Passes on the whole messages among the bytes: neighbours together, as far as the rule lets them.</summary>
    /// <returns>How many bytes they are.</returns>
    private async Task<int> PassOnAsync(
        ReadOnlyMemory<byte> bytes, Socket to, ProxyDirection direction, CancellationToken cut)
    {
        var (sent, next) = (0, 0);
        while (_protocol.Next(bytes.Span[next..], direction, out var length) is { } message)
        {
            if (message.Kind is ProxyMessageKind.EncryptionRequest)
            {
                await client.SendAsync("N"u8.ToArray(), cut);
                sent = next += length;
                continue;
            }

            switch (rule(message))
            {
                case ProxyAction.Forward:
                    next += length;
                    break;
                case ProxyAction.Hold(var until):
                    await to.SendAsync(bytes[sent..next], cut);
                    await until.WaitAsync(cut);
                    (sent, next) = (next, next + length);
                    break;
                case ProxyAction.Cut:
                    await to.SendAsync(bytes[sent..next], cut);
                    throw new OperationCanceledException();
                case ProxyAction.ForwardAndCut:
                    await to.SendAsync(bytes[sent..(next + length)], cut);
                    throw new OperationCanceledException();
                default:
                    throw new UnreachableException();
            }
        }

        await to.SendAsync(bytes[sent..next], cut);
        return next;
    }
}
