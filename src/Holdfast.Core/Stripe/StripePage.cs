using System.Text.Json;

namespace Holdfast.Stripe;

/// <summary>Stripe lists the newest first; one can go on to either side.</summary>
internal enum PageWay
{
    Older,
    Newer,
}

/// <summary>One page of a list.</summary>
internal abstract record StripePage
{
    private StripePage()
    {
    }

    /// <param name="Data">Newest first, whichever way one goes.</param>
    /// <param name="At">When Stripe answered, by its own clock.</param>
    public sealed record Full(IReadOnlyList<JsonElement> Data, DateTimeOffset At, string? ApiVersion) : StripePage
    {
        /// <summary>Stripe's <c>req_…</c>.</summary>
        public string? RequestId { get; init; }
    }

    /// <summary>The list could not be read to its end. Nothing is known of what would have followed.</summary>
    public sealed record Broken(StripeAnswer Answer) : StripePage;

    /// <param name="next">From which object on it goes on; null when this is the last page.</param>
    public static StripePage Read(StripeAnswer.Found found, PageWay way, out string? next)
    {
        next = null;
        try
        {
            using var json = JsonDocument.Parse(found.Body);
            var root = json.RootElement;
            if (root.At("data") is not { ValueKind: JsonValueKind.Array } list || root.Flag("has_more") is not { } hasMore)
            {
                return NoList(found);
            }

            JsonElement[] data = [.. list.EnumerateArray().Select(item => item.Clone())];
            next = !hasMore || data.Length is 0 ? null : (way is PageWay.Older ? data[^1] : data[0]).Text("id");
            return hasMore && next is null
                ? NoList(found)
                : new Full(data, found.At, found.ApiVersion) { RequestId = found.RequestId };
        }
        catch (JsonException)
        {
            return NoList(found);
        }
    }

    private static Broken NoList(StripeAnswer.Found found) => new(new StripeAnswer.Refused(
        $"Stripe's answer is no list that can be read on ({found.RequestId ?? "without a request id"})."));
}
