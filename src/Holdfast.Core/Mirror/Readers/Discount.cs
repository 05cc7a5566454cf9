using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>A coupon as it lies on a customer, a subscription or an invoice.</summary>
/// <remarks>https://docs.stripe.com/api/discounts/object</remarks>
public sealed record Discount
{
    public string? Id { get; init; }

    /// <summary>
    /// The coupon's id; null where the discount is written as a bare id, which is so unless it was expanded.
    /// </summary>
    public string? Coupon { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    /// <param name="discount">The whole discount, or its bare id.</param>
    internal static Discount Read(JsonElement discount) => new()
    {
        Id = discount.Id(),
        // Inside `source` since 2025-09-30.clover.
        Coupon = discount.Id("source", "coupon") ?? discount.Id("coupon"),
        EndsAt = discount.Moment("end"),
    };

    /// <summary>
    /// All discounts of an owner: its list, and the single one that was there before 2025-03-31.basil.
    /// </summary>
    /// <remarks>
    /// Some versions have both; the single one comes whole and therefore stands for its bare id in the list.
    /// </remarks>
    internal static IReadOnlyList<Discount> ReadAll(JsonElement owner)
    {
        Discount[] listed = [.. owner.List("discounts").Select(Read)];
        return owner.At("discount") is { ValueKind: JsonValueKind.Object } single
            ? [Read(single), .. listed.Where(discount => discount.Id != single.Id())]
            : listed;
    }
}
