namespace Holdfast.Access;

/// <summary>A plan that an account holds, or would hold but for what <see cref="WhyNot"/> says.</summary>
public sealed record Grant
{
    public required string Plan { get; init; }

    /// <summary>The id of the subscription, or of what the purchase came by.</summary>
    public required string Source { get; init; }

    public required GrantOrigin Origin { get; init; }

    /// <summary>Stripe's word for a subscription; <c>paid</c>, <c>refunded</c> or <c>lost</c> for a purchase.</summary>
    public required string Status { get; init; }

    /// <summary>How many: items of the source that lead to the same plan add up.</summary>
    public required long Quantity { get; init; }

    /// <summary>
    /// Paid through: the end of the trial or of the running period, or the end itself where an earlier one is set. Null
    /// when without end (a purchase) or not known. No promise to stop then: a subscription that renews goes on granting
    /// while Stripe calls it active, also in the hour or so in which the next invoice is made and paid.
    /// </summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Null when it grants now; else how the sentence "… would give the plan but …" ends.</summary>
    public string? WhyNot { get; init; }

    /// <summary>Where that came from which its own body does not say.</summary>
    public IReadOnlyList<KnownFrom> KnownFrom { get; init; } = [];

    public bool GrantsNow => WhyNot is null;

    internal string Subject => Origin is GrantOrigin.Subscription ? $"subscription {Source}" : $"purchase {Source}";
}

/// <summary>What kind of fact a grant comes from.</summary>
public enum GrantOrigin
{
    Subscription,
    Purchase,
}
