using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Holdfast.Ingest;

/// <summary>
/// Reads JSON that every reader understands alike, token by token, and stops at what two readers could take
/// differently: a name used twice in an object, text that is no text, a number beyond a double. Whoever reads the same
/// bytes later, in whatever way, finds the same facts in them.
/// </summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc7493 (I-JSON)</remarks>
internal ref struct StrictJsonReader : IDisposable
{
    /// <summary>How many objects and arrays may stand in each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many names one object may have.</summary>
    public const int MaxNames = 10_000;

    // No number of fewer characters and without an exponent reaches the largest double, about 1.8e308.
    private const int AlwaysFiniteLength = 308;

    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    // The names of all objects still open, those of the innermost last: the hash of each, and where it stands.
    private int[] _hashes = ArrayPool<int>.Shared.Rent(256);
    private Quoted[] _names = ArrayPool<Quoted>.Shared.Rent(256);
    private int _count;

    // By depth, which of them is an object's first.
    private readonly int[] _firstNames = ArrayPool<int>.Shared.Rent(MaxDepth);
    private byte[] _unescaped = [];

    public StrictJsonReader(ReadOnlySpan<byte> json)
    {
        _json = json;
        // One more than allowed, so that the step too deep is ours to name.
        _reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        Problem = json switch
        {
            [] => "The body is empty.",
            [0xEF, 0xBB, 0xBF, ..] => "The body begins with a byte order mark.",
            _ when !Utf8.IsValid(json) => "The body is not UTF-8.",
            _ => null,
        };
    }

    /// <summary>Why reading stopped before the end; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>The name just read, without escapes; until the next step.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public readonly JsonTokenType Kind => _reader.TokenType;

    /// <summary>How many objects and arrays stand around this token.</summary>
    public readonly int Depth => _reader.CurrentDepth;

    /// <summary>Where this token stands: a text with its quotes, an object or array with its first sign only.</summary>
    public readonly Range Place => (int)_reader.TokenStartIndex..(int)_reader.BytesConsumed;

    /// <returns>False at the end, and when there is a <see cref="Problem"/>.</returns>
    public bool Read()
    {
        if (Problem is not null)
        {
            return false;
        }

        try
        {
            if (!_reader.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            // Its message quotes the body, which is personal data.
            return Refuse("The body is not JSON", _reader.BytesConsumed);
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when _reader.CurrentDepth >= MaxDepth:
                return Refuse($"Objects and arrays are nested more than {MaxDepth} deep");
            case JsonTokenType.StartObject:
                _firstNames[_reader.CurrentDepth] = _count;
                return true;
            case JsonTokenType.EndObject:
                _count = _firstNames[_reader.CurrentDepth];
                return true;
            case JsonTokenType.PropertyName or JsonTokenType.String
                when _reader.ValueIsEscaped && HasLoneSurrogate(_reader.ValueSpan):
                return Refuse("An escape stands for half a character");
            case JsonTokenType.PropertyName:
                return ReadName();
            case JsonTokenType.Number when !IsFinite():
                return Refuse("A number is too large");
            default:
                return true;
        }
    }

    private bool ReadName()
    {
        var name = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            Fit(ref _unescaped, name.Length);
            name = _unescaped.AsSpan(0, _reader.CopyString(_unescaped));
        }

        Name = name;

        // Seeded anew in each process, so that nobody can prepare names that collide.
        var hashing = new HashCode();
        hashing.AddBytes(name);
        var hash = hashing.ToHashCode();

        var first = _firstNames[_reader.CurrentDepth - 1];
        if (_count - first >= MaxNames)
        {
            return Refuse($"An object has more than {MaxNames} names");
        }

        for (var from = first; _hashes.AsSpan(from.._count).IndexOf(hash) is >= 0 and var step; from += step + 1)
        {
            if (IsName(_names[from + step]))
            {
                return Refuse("An object has the same name twice, the second time");
            }
        }

        Fit(ref _hashes, _count + 1);
        Fit(ref _names, _count + 1);
        _hashes[_count] = hash;
        _names[_count++] = new((int)_reader.TokenStartIndex, _reader.ValueSpan.Length + 2);
        return true;
    }

    // Read once more, since either may be written with escapes.
    private readonly bool IsName(Quoted earlier)
    {
        var reader = new Utf8JsonReader(_json.Slice(earlier.Start, earlier.Length));
        return reader.Read() && reader.ValueTextEquals(Name);
    }

    private readonly bool IsFinite()
    {
        var number = _reader.ValueSpan;
        return number.Length <= AlwaysFiniteLength && !number.ContainsAny((byte)'e', (byte)'E')
            || _reader.TryGetDouble(out var value) && double.IsFinite(value);
    }

    // Two escapes make one character beyond U+FFFF: a high surrogate, then a low one. Neither is text by itself.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        var afterHigh = false;
        while (escaped.IndexOf((byte)'\\') is >= 0 and var at)
        {
            var unit = escaped[at + 1] is (byte)'u' ? Hex(escaped.Slice(at + 2, 4)) : '\\';
            var isLow = char.IsLowSurrogate(unit);
            if (isLow != afterHigh || afterHigh && at > 0)
            {
                return true;
            }

            afterHigh = char.IsHighSurrogate(unit);
            escaped = escaped[(at + (escaped[at + 1] is (byte)'u' ? 6 : 2))..];
        }

        return afterHigh;
    }

    private static char Hex(ReadOnlySpan<byte> digits)
    {
        Span<byte> unit = stackalloc byte[2];
        Convert.FromHexString(digits, unit, out _, out _);
        return (char)((unit[0] << 8) | unit[1]);
    }

    private bool Refuse(string what) => Refuse(what, _reader.TokenStartIndex);

    private bool Refuse(string what, long at)
    {
        Problem = $"{what}, at byte {at}.";
        return false;
    }

    private static void Fit<T>(ref T[] rented, int length)
    {
        if (rented.Length < length)
        {
            var larger = ArrayPool<T>.Shared.Rent(length);
            rented.CopyTo(larger.AsSpan());
            ArrayPool<T>.Shared.Return(rented);
            rented = larger;
        }
    }

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_hashes);
        ArrayPool<Quoted>.Shared.Return(_names);
        ArrayPool<int>.Shared.Return(_firstNames);
        ArrayPool<byte>.Shared.Return(_unescaped);
    }

    private readonly record struct Quoted(int Start, int Length);
}
