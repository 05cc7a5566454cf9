using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Holdfast.Ingest;

/// <summary>A request at a webhook URL, before anything of it is believed.</summary>
internal sealed record Arrival
{
    public required string Endpoint { get; init; }

    /// <summary>Every value of its <c>Stripe-Signature</c> header.</summary>
    public required IReadOnlyList<string?> Signatures { get; init; }

    public required string? RemoteAddress { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Correlation { get; init; }

    /// <summary>The exact bytes; empty while they have not been read.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>What may be told of it without repeating a signature or a body: a JSON object.</summary>
    public string Facts()
    {
        var header = Signatures is [{ } only] ? only : null;
        var items = header?.Split(',') ?? [];
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("signature_headers", Signatures.Count);
            json.WriteNumber("signature_header_length", header?.Length ?? 0);
            json.WriteNumber("v1_signatures", items.Count(item => item.StartsWith("v1=", StringComparison.Ordinal)));
            if (SecondsOf(items) is { } seconds)
            {
                json.WriteNumber("signed_at", seconds);
                json.WriteNumber("age_seconds", At.ToUnixTimeSeconds() - seconds);
            }

            json.WriteNumber("body_bytes", Body.Length);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static long? SecondsOf(string[] items) =>
        items.FirstOrDefault(item => item.StartsWith("t=", StringComparison.Ordinal)) is { Length: < 15 } item
        && uint.TryParse(item.AsSpan(2), out var seconds)
            ? seconds
            : null;
}
