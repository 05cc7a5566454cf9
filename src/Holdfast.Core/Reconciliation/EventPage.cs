using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Reconciliation;

/// <summary>One page of Stripe's list of events.</summary>
/// <remarks>https://docs.stripe.com/api/events/list</remarks>
internal sealed record EventPage(IReadOnlyList<ListedEvent> OldestFirst, bool HasMore)
{
    /// <summary>As many as a page may hold.</summary>
    public const int MaxEvents = 100;

    /// <exception cref="FormatException">This is no page of events.</exception>
    public static EventPage Read(byte[] answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var list = json.RootElement;
            if (list.Flag("has_more") is not { } hasMore || list.At("data") is not { ValueKind: JsonValueKind.Array } data)
            {
                throw new FormatException("Stripe's answer is no list of events.");
            }

            return hasMore && data.GetArrayLength() is 0
                ? throw new FormatException("Stripe's list of events is empty, and yet there are to be more of them.")
                : new([.. data.EnumerateArray().Reverse().Select(ListedEvent.Of)], hasMore);
        }
        catch (JsonException exception)
        {
            throw new FormatException("Stripe's answer is no JSON.", exception);
        }
    }
}

/// <summary>An event in the list.</summary>
/// <param name="Body">Its bytes as they stand there.</param>
internal sealed record ListedEvent(string Id, DateTimeOffset Created, byte[] Body)
{
    public static ListedEvent Of(JsonElement json) =>
        json.Text("id") is { } id && json.Moment("created") is { } created
            ? new(id, created, JsonMarshal.GetRawUtf8Value(json).ToArray())
            : throw new FormatException("Stripe's list holds something that is no event.");
}
