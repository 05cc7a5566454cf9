using System.Security.Cryptography;
using System.Text;
using Holdfast.Ingest;

namespace Holdfast.Bench;

/// <summary>
/// An endless story of unique events: subscriptions, invoices and charges of teams in turn, each team told of again
/// after all the others. The same number always makes the same event.
/// </summary>
/// <param name="teams">How many teams there are; an object is new the first time and changed the other times.</param>
internal sealed class Workload(int teams)
{
    public const string Secret = "whsec_of_the_bench_and_of_nobody_else";
    public const string Price = "price_bench_monthly";

    public const long FirstCreated = 1_767_225_600;
    public const int EventsPerSecondOfStory = 100;
    public const int FirstAmount = 100_000;
    public const int Amounts = 900_000;

    private const int StampLength = 11;
    private const int RevisitsOfAnObject = 4;

    private static readonly byte[] Key = Encoding.UTF8.GetBytes(Secret);
    private static readonly EventTemplate[] Templates =
    [
        EventTemplate.Read("subscription.json"),
        EventTemplate.Read("invoice.json"),
        EventTemplate.Read("charge.json"),
    ];

    private static readonly byte[][] Heads = [.. Templates.Select(template => Encoding.ASCII.GetBytes(
        $"""
        POST /webhooks/stripe HTTP/1.1
        Host: 127.0.0.1
        User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)
        Accept: */*
        Content-Type: application/json; charset=utf-8
        Content-Length: {template.Length}
        Stripe-Signature: 
        """.ReplaceLineEndings("\r\n")))];

    private long _next;

    /// <summary>How many kinds of object there are; an event's number tells its kind.</summary>
    public static int Kinds => Templates.Length;

    /// <summary>The event of each kind, with marks such as <c>$event$</c> where its values belong.</summary>
    public static IEnumerable<string> TemplateTexts => Templates.Select(template => template.Text);

    public int Teams => teams;

    /// <summary>The number of an event that was not told yet.</summary>
    public long Next() => Interlocked.Increment(ref _next);

    /// <returns>The first of so many numbers in a row that were not told yet.</returns>
    public long Take(int count) => Interlocked.Add(ref _next, count) - count + 1;

    public static Envelope Envelope(byte[] body) => ((EnvelopeCheck.Sound)Ingest.Envelope.Read(body)).Envelope;

    public static int MaxRequestLength => 8 * 1024;

    /// <summary>Objects enough that each is told of a few times in so many events.</summary>
    public static Workload Story(int events) => new(Math.Max(1, events / Templates.Length / RevisitsOfAnObject));

    public static string EventId(long number) => $"evt_{number:D16}";

    public static string Customer(long team) => $"cus_{team:D12}";

    /// <summary>The event's bytes, as Stripe would sign them.</summary>
    public byte[] Body(long number)
    {
        var template = Templates[number % Templates.Length];
        var body = new byte[template.Length];
        template.Write(body, Values(number));
        return body;
    }

    /// <summary>The whole request of its delivery, signed at this moment.</summary>
    /// <param name="scratch">At least <see cref="MaxRequestLength"/> long.</param>
    /// <returns>How much of <paramref name="request"/> it is.</returns>
    public int Request(long number, long now, Span<byte> request, Span<byte> scratch)
    {
        var kind = (int)(number % Templates.Length);
        var template = Templates[kind];
        var signed = scratch[..(StampLength + template.Length)];
        now.TryFormat(signed, out _);
        signed[StampLength - 1] = (byte)'.';
        template.Write(signed[StampLength..], Values(number));
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, signed, mac);

        var length = 0;
        Put(Heads[kind], request, ref length);
        Put("t="u8, request, ref length);
        Put(signed[..(StampLength - 1)], request, ref length);
        Put(",v1="u8, request, ref length);
        Convert.TryToHexStringLower(mac, request[length..], out var digits);
        length += digits;
        Put("\r\n\r\n"u8, request, ref length);
        Put(signed[StampLength..], request, ref length);
        return length;
    }

    /// <summary>Writes the delivery of the next event, signed now; a <see cref="NextRequest"/>.</summary>
    public int Deliver(Span<byte> request, Span<byte> scratch) =>
        Request(Next(), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), request, scratch);

    private EventValues Values(long number)
    {
        var turn = number / Templates.Length;
        var created = FirstCreated + (number / EventsPerSecondOfStory);
        return new(number, turn % teams, created, FirstAmount + (number % Amounts));
    }

    private static void Put(ReadOnlySpan<byte> part, Span<byte> request, ref int length)
    {
        part.CopyTo(request[length..]);
        length += part.Length;
    }
}
