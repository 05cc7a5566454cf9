namespace Holdfast.Ingest;

/// <summary>What the signature of a delivery says about where it comes from.</summary>
internal abstract record SignatureCheck
{
    private SignatureCheck() { }

    /// <summary>Signed with one of the endpoint's secrets, and recently.</summary>
    /// <param name="Secret">Which secret matched: its index, the first if several did.</param>
    /// <param name="SignedAt">When this delivery was signed, which every redelivery is anew.</param>
    public sealed record Valid(int Secret, DateTimeOffset SignedAt) : SignatureCheck;

    /// <summary>There is no signature at all.</summary>
    public sealed record NoHeader : SignatureCheck;

    /// <summary>There is one that Stripe would not write: no single readable time, or beyond a bound.</summary>
    public sealed record Malformed : SignatureCheck;

    /// <summary>It has none of the one scheme that counts, <c>v1</c>.</summary>
    public sealed record NoV1 : SignatureCheck;

    /// <summary>No secret of the endpoint makes this signature of these bytes.</summary>
    public sealed record Mismatch : SignatureCheck;

    /// <summary>Genuine once, and now perhaps a replay.</summary>
    public sealed record TooOld(TimeSpan Age) : SignatureCheck;

    /// <summary>Genuine, and signed in what is the future by our clock, which is then probably slow.</summary>
    public sealed record ClockAhead(TimeSpan Lead) : SignatureCheck;
}
