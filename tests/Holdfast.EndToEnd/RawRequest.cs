using System.Net.Sockets;
using System.Text;

namespace Holdfast.EndToEnd;

/// <summary>A request written byte by byte, as no client library would let it be written.</summary>
internal static class RawRequest
{
    /// <summary>Posts to the webhook with a right length and these headers, each as it stands.</summary>
    public static Task<RawAnswer> PostAsync(ServerProcess server, byte[] body, params string[] headers) =>
        SendAsync(server, Head(server, [.. headers, $"Content-Length: {body.Length}"]), body);

    public static byte[] Head(ServerProcess server, params string[] headers) => Encoding.UTF8.GetBytes(
        $"POST /webhooks/stripe HTTP/1.1\r\nHost: {server.Url.Authority}\r\nConnection: close\r\n"
        + string.Concat(headers.Select(header => $"{header}\r\n")) + "\r\n");

    /// <summary>Sends the parts one after another, stops when the server hangs up, and reads what it said.</summary>
    public static async Task<RawAnswer> SendAsync(ServerProcess server, params byte[][] parts)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        await using var stream = client.GetStream();
        var reading = ReadAsync(stream);
        try
        {
            foreach (var part in parts)
            {
                await stream.WriteAsync(part);
            }
        }
        catch (IOException)
        {
            // Refused before all was sent: its answer tells.
        }

        return RawAnswer.Parse(await reading.WaitAsync(Wait.Deadline));
    }

    /// <summary>Sends part of a request and is gone.</summary>
    public static async Task HangUpAfterAsync(ServerProcess server, byte[] part)
    {
        using var client = new TcpClient { LingerState = new(enable: true, seconds: 0) };
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        await client.GetStream().WriteAsync(part);
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // A connection that is closed on unread bytes is reset; what came before counts.
        }

        return answer.ToArray();
    }
}

/// <summary>What came back, down to the headers that do not depend on the moment.</summary>
internal sealed record RawAnswer(int Status, string StableHeaders, string Body)
{
    public static RawAnswer Parse(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"The server answered nothing that is HTTP: \"{text}\"");
        var lines = text[..end].Split("\r\n");
        var stable = lines.Skip(1).Select(line =>
            line.Split(':')[0] is ("Date" or "Holdfast-Correlation-Id") and var name ? name : line);
        return new(int.Parse(lines[0].Split(' ')[1], provider: null), string.Join('\n', stable), text[(end + 4)..]);
    }
}
