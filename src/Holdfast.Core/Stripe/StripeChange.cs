namespace Holdfast.Stripe;

/// <summary>
/// Something to be changed at Stripe. The same key with the same parameters does it once, however often it is sent.
/// </summary>
/// <remarks>https://docs.stripe.com/api/idempotent_requests</remarks>
internal sealed record StripeChange
{
    /// <summary>Such as <c>/v1/payment_intents</c>, its parts escaped.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Form { get; init; }

    /// <summary>Kept before it is sent. Stripe forgets it after a day.</summary>
    public required string IdempotencyKey { get; init; }

    public required StripeJob Job { get; init; }

    /// <summary>The connected account it is done for (<c>acct_…</c>); empty for our own.</summary>
    public string StripeAccount { get; init; } = "";

    public string? ApiVersion { get; init; }

    public required Lane Lane { get; init; }

    /// <summary>Why, for the record of calls: an order's id.</summary>
    public required string Cause { get; init; }
}

/// <summary>What came of a change. The retries that are worth it have been made.</summary>
internal abstract record ChangeAnswer
{
    private ChangeAnswer()
    {
    }

    /// <param name="Body">The changed object, as Stripe wrote it.</param>
    public sealed record Made(byte[] Body, string? RequestId) : ChangeAnswer;

    /// <summary>The bank, or Stripe on its behalf, said no. Nothing is done.</summary>
    /// <remarks>https://docs.stripe.com/declines/codes</remarks>
    public sealed record Declined(string? Code, string? DeclineCode, string? AdviceCode, string? RequestId) : ChangeAnswer;

    /// <summary>Nothing is done. The same change, under the same key, may succeed later.</summary>
    public sealed record Later(string Reason, TimeSpan After) : ChangeAnswer;

    /// <summary>
    /// It may be done: send it again under the same key within a day, or look. After a 500 only looking tells, as Stripe
    /// repeats that under the same key.
    /// </summary>
    public sealed record Unknown(string Reason, TimeSpan After) : ChangeAnswer;

    /// <summary>Another change was sent under this key: a person must look.</summary>
    public sealed record Parked(string Reason) : ChangeAnswer;

    /// <summary>Nothing is done, and like this never will be: a defect of ours, or a setting.</summary>
    public sealed record Refused(string Reason) : ChangeAnswer;
}
