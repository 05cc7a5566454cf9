namespace Holdfast.Stripe;

/// <summary>What came of a question. Expected ends are returned; the retries that are worth it have been made.</summary>
internal abstract record StripeAnswer
{
    private StripeAnswer()
    {
    }

    /// <param name="Body">JSON, as Stripe wrote it.</param>
    /// <param name="At">When Stripe answered, by its own clock: the <c>Date</c> of the answer.</param>
    /// <param name="ApiVersion">In which version it is written.</param>
    /// <param name="RequestId">Stripe's <c>req_…</c>.</param>
    public sealed record Found(byte[] Body, DateTimeOffset At, string? ApiVersion, string? RequestId) : StripeAnswer;

    /// <summary>There is no such object (any more).</summary>
    public sealed record Missing(DateTimeOffset At, string? RequestId) : StripeAnswer;

    /// <summary>It may be answered later: Stripe is away, in trouble or too busy, or our key does not work now.</summary>
    /// <param name="After">When it is worth asking again, as far as anybody knows.</param>
    public sealed record Later(string Reason, TimeSpan After) : StripeAnswer;

    /// <summary>Asked like this it will never be answered: a defect of ours, or a setting.</summary>
    public sealed record Refused(string Reason) : StripeAnswer;
}
