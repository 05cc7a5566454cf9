namespace Holdfast.Ingest;

/// <summary>Our answer to a delivery.</summary>
internal abstract record Receipt
{
    private Receipt()
    {
    }

    /// <summary>The event is durable now.</summary>
    public sealed record Stored : Receipt;

    /// <summary>The event was durable already; the delivery was counted.</summary>
    public sealed record Duplicate : Receipt;

    /// <summary>Turned away. The sender is not told why.</summary>
    public sealed record Refused(RefusalCause Cause) : Receipt;

    /// <summary>The store cannot keep it now, or did not say so in time: the sender must try again.</summary>
    public sealed record Unavailable(string Reason) : Receipt;
}

/// <summary>Why a delivery was turned away.</summary>
internal enum RefusalCause
{
    /// <summary>There was no <c>Stripe-Signature</c> header.</summary>
    NoHeader,

    /// <summary>The header cannot be read, or holds no <c>v1</c> signature.</summary>
    MalformedHeader,

    /// <summary>No signature matches any secret of the endpoint.</summary>
    BadSignature,

    /// <summary>Rightly signed, but longer ago than the tolerance.</summary>
    TooOld,

    /// <summary>Rightly signed, in our future: one of the two clocks is wrong.</summary>
    ClockAhead,

    /// <summary>There is no endpoint of this name, or it has no secret.</summary>
    UnknownEndpoint,

    /// <summary>Rightly signed, but of the other mode (live or test) than the endpoint's.</summary>
    WrongMode,

    /// <summary>Rightly signed, but of another Stripe account than the endpoint's.</summary>
    WrongAccount,

    /// <summary>Rightly signed, but not an event that can be read.</summary>
    MalformedBody,

    /// <summary>The body is larger than is taken in.</summary>
    TooLarge,

    /// <summary>The body is compressed or otherwise encoded, which Stripe never does.</summary>
    EncodedBody,

    /// <summary>The body was cut into chunks that cannot be read, or came too slowly to wait for.</summary>
    BrokenBody,
}
