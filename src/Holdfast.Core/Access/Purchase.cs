namespace Holdfast.Access;

/// <summary>One thing bought by a single payment: a line of a paid checkout, an invoice's line, a payment.</summary>
public sealed record Purchase
{
    /// <summary>What it came by, such as <c>cs_…</c>, <c>in_…</c> or <c>pi_…</c>; its lines share it.</summary>
    public required string Source { get; init; }

    public string? Price { get; init; }

    public string? Product { get; init; }

    public string? LookupKey { get; init; }

    public required long Quantity { get; init; }

    public required DateTimeOffset PaidAt { get; init; }

    /// <summary>All of the payment was given back. A part given back leaves access as it is.</summary>
    public bool IsRefunded { get; init; }

    /// <summary>The bank decided for the customer. A dispute that is still open leaves access as it is.</summary>
    public bool IsDisputeLost { get; init; }
}
