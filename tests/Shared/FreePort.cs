using System.Net;
using System.Net.Sockets;

namespace Holdfast.Testing;

internal static class FreePort
{
    // Below the ports the system gives to outgoing connections: a client that keeps calling a server that is down
    // could otherwise be given the server's own port to call from, and hold it when the server comes back.
    private const int First = 20_000;
    private const int Last = 32_000;

    /// <summary>A port of this machine that nobody listens on, and that stays free while its owner restarts.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next draw will be another.
            }
        }
    }
}
