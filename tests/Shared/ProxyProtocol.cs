using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Testing;

/// <summary>Tells messages apart on one connection, and remembers what its statements were.</summary>
internal sealed class ProxyProtocol(int connection)
{
    private const int CancelCode = 80877102;
    private const int SslCode = 80877103;
    private const int GssEncryptionCode = 80877104;

    private static readonly Dictionary<char, ProxyMessageKind> ToServer = new()
    {
        ['Q'] = ProxyMessageKind.Query,
        ['P'] = ProxyMessageKind.Parse,
        ['B'] = ProxyMessageKind.Bind,
        ['D'] = ProxyMessageKind.Describe,
        ['E'] = ProxyMessageKind.Execute,
        ['S'] = ProxyMessageKind.Sync,
        ['X'] = ProxyMessageKind.Terminate,
    };

    private static readonly Dictionary<char, ProxyMessageKind> ToClient = new()
    {
        ['R'] = ProxyMessageKind.Authentication,
        ['C'] = ProxyMessageKind.CommandComplete,
        ['D'] = ProxyMessageKind.DataRow,
        ['Z'] = ProxyMessageKind.ReadyForQuery,
        ['E'] = ProxyMessageKind.ErrorResponse,
        ['A'] = ProxyMessageKind.NotificationResponse,
    };

    private readonly Dictionary<string, string> _statements = [];
    private readonly Dictionary<string, string> _portals = [];
    private bool _started;
    private int _sent;
    private int _received;

    /// <param name="length">In bytes.</param>
    /// <returns>The first message in the bytes; null when they do not hold the whole of it yet.</returns>
    public ProxyMessage? Next(ReadOnlySpan<byte> bytes, ProxyDirection direction, out int length)
    {
        // The first messages of a client have no letter.
        var letters = direction is ProxyDirection.ToClient || _started ? 1 : 0;
        length = 0;
        if (bytes.Length < letters + sizeof(int))
        {
            return null;
        }

        length = letters + BinaryPrimitives.ReadInt32BigEndian(bytes[letters..]);
        if (bytes.Length < length)
        {
            return null;
        }

        var body = bytes[(letters + sizeof(int))..length];
        return direction switch
        {
            ProxyDirection.ToServer when letters is 0 => First(body),
            ProxyDirection.ToServer => FromClient((char)bytes[0], body),
            _ => FromServer((char)bytes[0], body),
        };
    }

    private ProxyMessage First(ReadOnlySpan<byte> body)
    {
        var kind = BinaryPrimitives.ReadInt32BigEndian(body) switch
        {
            CancelCode => ProxyMessageKind.CancelRequest,
            SslCode or GssEncryptionCode => ProxyMessageKind.EncryptionRequest,
            _ => ProxyMessageKind.Startup,
        };
        _started = kind is ProxyMessageKind.Startup;
        return new(connection, ProxyDirection.ToServer, ++_sent, kind);
    }

    private ProxyMessage FromClient(char letter, ReadOnlySpan<byte> body)
    {
        var kind = ToServer.GetValueOrDefault(letter);
        var text = kind switch
        {
            ProxyMessageKind.Query => Word(ref body),
            ProxyMessageKind.Parse => _statements[Word(ref body)] = Word(ref body),
            ProxyMessageKind.Bind => _portals[Word(ref body)] = _statements.GetValueOrDefault(Word(ref body), ""),
            ProxyMessageKind.Execute => _portals.GetValueOrDefault(Word(ref body)),
            _ => null,
        };
        return new(connection, ProxyDirection.ToServer, ++_sent, kind, text);
    }

    private ProxyMessage FromServer(char letter, ReadOnlySpan<byte> body)
    {
        var kind = ToClient.GetValueOrDefault(letter);
        var text = kind switch
        {
            ProxyMessageKind.CommandComplete => Word(ref body),
            ProxyMessageKind.ErrorResponse => SqlState(body),
            _ => null,
        };
        return new(connection, ProxyDirection.ToClient, ++_received, kind, text);
    }

    private static string? SqlState(ReadOnlySpan<byte> fields)
    {
        while (fields.Length > 1)
        {
            var field = Word(ref fields);
            if (field[0] is 'C')
            {
                return field[1..];
            }
        }

        return null;
    }

    /// <summary>Takes the text up to the next zero byte.</summary>
    private static string Word(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var word = Encoding.UTF8.GetString(bytes[..end]);
        bytes = bytes[(end + 1)..];
        return word;
    }
}
