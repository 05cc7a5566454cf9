namespace Holdfast.Access;

/// <summary>The answer to "may this customer use this feature now?".</summary>
public sealed record AccessAnswer
{
    public required bool Allowed { get; init; }

    /// <summary>Why, as a sentence for support people: names plan, source and status, and never a person.</summary>
    public required string Reason { get; init; }

    /// <summary>The plan that answers; null when none does, or when Stripe's own entitlements do.</summary>
    public string? Plan { get; init; }

    /// <summary>How much of the feature may be used; null is no limit where it is allowed at all.</summary>
    public long? Limit { get; init; }

    public long? Quantity { get; init; }

    /// <summary>Paid through; as <see cref="Grant.Until"/>.</summary>
    public DateTimeOffset? Until { get; init; }
}
