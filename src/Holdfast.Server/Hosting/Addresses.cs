using System.Net;
using System.Net.Sockets;

namespace Holdfast.Server.Hosting;

/// <summary>The addresses to listen on, tried before anything else is touched.</summary>
internal static class Addresses
{
    private const string Example = "http://127.0.0.1:8000";

    /// <exception cref="VerbException">One is no address, or cannot be had.</exception>
    public static IReadOnlyList<string> Read(string urls)
    {
        string[] all = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (all.Length is 0)
        {
            throw new VerbException($"HOLDFAST_URLS is empty. Unset it to listen on {Example}, or name an address.");
        }

        foreach (var url in all)
        {
            Try(url);
        }

        return all;
    }

    private static void Try(string url)
    {
        var address = Parse(url);
        if (address.Scheme is not "http")
        {
            throw new VerbException(
                $"{url} cannot be listened on: Holdfast speaks plain HTTP, and a proxy in front of it ends TLS. "
                + "Set HOLDFAST_URLS to an http:// address, and HOLDFAST_PUBLIC_URL to the https URL of the proxy.");
        }

        if (address.PathBase is not ("" or "/") || (address.Host is "localhost" && address.Port is 0))
        {
            throw new VerbException($"HOLDFAST_URLS holds \"{url}\"; write an address and a port, such as {Example}.");
        }

        if (address.IsUnixPipe || address.Port is 0)
        {
            return;
        }

        var ip = IpOf(address.Host);
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException exception)
        {
            throw new VerbException(exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"The port {address.Port} of {url} is in use, perhaps by another Holdfast. Stop that program, or "
                    + $"set HOLDFAST_URLS to another address, such as http://127.0.0.1:{Other(address.Port)}.",
                SocketError.AccessDenied => $"This user may not open the port {address.Port} of {url}. "
                    + $"Set HOLDFAST_URLS to a port above 1023, such as {Example}.",
                _ => $"{url} cannot be listened on: {exception.Message}. "
                    + "Set HOLDFAST_URLS to an address of this machine.",
            });
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new VerbException(
                $"HOLDFAST_URLS holds \"{url}\", which is no address to listen on; write {Example}, "
                + "several with ; between.");
        }
    }

    /// <summary>As the web server reads a host: a name that is no address of its own means every address.</summary>
    private static IPAddress IpOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(host.Trim('[', ']'), out var ip) => ip,
        _ => IPAddress.Any,
    };

    private static int Other(int port) => port < IPEndPoint.MaxPort ? port + 1 : port - 1;
}
