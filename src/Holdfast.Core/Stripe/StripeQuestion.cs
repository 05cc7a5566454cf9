namespace Holdfast.Stripe;

/// <summary>Something to be read at Stripe.</summary>
internal sealed record StripeQuestion
{
    /// <summary>Such as <c>/v1/subscriptions/sub_1</c>, its parts escaped.</summary>
    public required string Path { get; init; }

    public IReadOnlyList<(string Name, string Value)> Query { get; init; } = [];

    /// <summary>The connected account it is asked of (<c>acct_…</c>); empty for our own.</summary>
    public string StripeAccount { get; init; } = "";

    /// <summary>In which version the answer is to be written; the account's own when null.</summary>
    public string? ApiVersion { get; init; }

    public required Lane Lane { get; init; }

    /// <summary>Why it is asked, for the record of calls: an event's id, <c>catch_up</c>.</summary>
    public required string Cause { get; init; }
}
