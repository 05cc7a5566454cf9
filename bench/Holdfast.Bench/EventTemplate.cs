using System.Globalization;
using System.Text;

namespace Holdfast.Bench;

/// <summary>
/// A pretty-printed event as Stripe lays it out, with room of fixed width for what differs from event to event, so that
/// making one costs a copy and a few digits.
/// </summary>
internal sealed class EventTemplate
{
    public const int EventDigits = 16;
    public const int ObjectDigits = 12;

    private static readonly Dictionary<string, (int Slot, int Digits)> Slots = new()
    {
        ["event"] = (0, EventDigits),
        ["object"] = (1, ObjectDigits),
        ["created"] = (2, 10),
        ["amount"] = (3, 6),
    };

    private readonly byte[] _body;
    private readonly (int At, int Slot, int Digits)[] _places;

    private EventTemplate(string text, byte[] body, (int, int, int)[] places) =>
        (Text, _body, _places) = (text, body, places);

    /// <summary>As it was written, with marks such as <c>$event$</c>.</summary>
    public string Text { get; }

    public int Length => _body.Length;

    /// <param name="name">The name of a file in Events.</param>
    public static EventTemplate Read(string name)
    {
        using var stream = typeof(EventTemplate).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var parts = text.Split('$');
        var body = new StringBuilder();
        var places = new List<(int, int, int)>();
        foreach (var (index, part) in parts.Index())
        {
            if (index % 2 is 0)
            {
                body.Append(part);
                continue;
            }

            var (slot, digits) = Slots[part];
            places.Add((body.Length, slot, digits));
            body.Append('0', digits);
        }

        return new(text, Encoding.ASCII.GetBytes(body.ToString()), [.. places]);
    }

    public void Write(Span<byte> to, in EventValues values)
    {
        _body.CopyTo(to);
        foreach (var (at, slot, digits) in _places)
        {
            var value = slot switch { 0 => values.Event, 1 => values.Object, 2 => values.Created, _ => values.Amount };
            value.TryFormat(to.Slice(at, digits), out _, Zeros(digits), CultureInfo.InvariantCulture);
        }
    }

    private static ReadOnlySpan<char> Zeros(int digits) =>
        digits switch { 16 => "D16", 12 => "D12", 10 => "D10", _ => "D6" };
}

/// <summary>What differs from event to event.</summary>
/// <param name="Created">In seconds since 1970.</param>
/// <param name="Amount">Of six digits, in the currency's smallest unit.</param>
internal readonly record struct EventValues(long Event, long Object, long Created, long Amount);
