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
    public static EventPage Read(StripeAnswer.Found answer) =>
        StripePage.Read(answer, PageWay.Older, out var next) is StripePage.Full page
            ? new([.. page.Data.Reverse().Select(ListedEvent.Of)], HasMore: next is not null)
            : throw new FormatException("Stripe's answer is no list of events.");
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
