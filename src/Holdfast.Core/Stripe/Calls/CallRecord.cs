namespace Holdfast.Stripe.Calls;

/// <summary>One attempt of a call, as it is kept. It holds no key, no parameter and nothing of a body.</summary>
internal sealed record CallRecord
{
    /// <summary>Its row; zero until it is kept.</summary>
    public long Id { get; init; }

    /// <summary>When it was sent, by our clock.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Correlation { get; init; }

    /// <summary>Stripe's <c>req_…</c>.</summary>
    public required string? RequestId { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>Null when there was no answer.</summary>
    public required long? Status { get; init; }

    /// <summary>Which row of the table of failures it fell under; null when it succeeded.</summary>
    public required string? Failure { get; init; }

    public required TimeSpan Duration { get; init; }

    public required long Attempt { get; init; }

    public required Lane Lane { get; init; }

    public required string Cause { get; init; }

    /// <summary>The connected account; empty for our own.</summary>
    public required string StripeAccount { get; init; }

    /// <summary>The name of the node that called.</summary>
    public required string Node { get; init; }
}
