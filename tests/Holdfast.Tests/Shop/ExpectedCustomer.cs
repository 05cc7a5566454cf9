namespace Holdfast.Tests.Shop;

/// <summary>
/// What is true of one customer when the month is over. The story states it in its own words and numbers; nothing
/// here is read back from the events, so that a test can tell a right end from a merely consistent one.
/// </summary>
public sealed record ExpectedCustomer
{
    /// <summary>The name of the story that was told of this customer.</summary>
    public required string Story { get; init; }

    public required string Id { get; init; }

    /// <summary>The application's own id, where the customer came through Checkout with one.</summary>
    public string? ClientReferenceId { get; init; }

    public bool IsDeleted { get; init; }

    public IReadOnlyList<ExpectedSubscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<ExpectedPurchase> Purchases { get; init; } = [];
}

public sealed record ExpectedSubscription
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    public required string Price { get; init; }

    public string? LookupKey { get; init; }

    public long Quantity { get; init; } = 1;

    public bool CancelAtPeriodEnd { get; init; }
}

/// <summary>Something bought once, by Checkout in payment mode or by a bare PaymentIntent.</summary>
public sealed record ExpectedPurchase
{
    public required string PaymentIntent { get; init; }

    public string? Session { get; init; }

    /// <summary>Null where a bare PaymentIntent was paid, which names no price.</summary>
    public string? Price { get; init; }

    public long Quantity { get; init; } = 1;

    public bool IsPaid { get; init; } = true;

    /// <summary>What was taken, in cents, before any refund.</summary>
    public required long Paid { get; init; }

    /// <summary>What was given back for good, in cents; a refund that failed afterwards does not count.</summary>
    public long Refunded { get; init; }

    /// <summary>Stripe's word for the dispute's state, or null where nobody disputed.</summary>
    public string? Dispute { get; init; }
}
