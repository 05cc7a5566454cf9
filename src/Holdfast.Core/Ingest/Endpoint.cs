namespace Holdfast.Ingest;

/// <summary>One configured webhook URL: whose events it takes, and the secrets that prove them genuine.</summary>
internal sealed class Endpoint
{
    public required string Name { get; init; }

    public required IReadOnlyList<SigningSecret> Secrets { get; init; }

    /// <summary>Null takes both modes.</summary>
    public required bool? Livemode { get; init; }

    /// <summary>Null takes any account's.</summary>
    public required string? StripeAccount { get; init; }

    /// <returns>Why this event is not for this endpoint, or null when it is.</returns>
    public RefusalCause? Refuses(Envelope envelope) =>
        Livemode is { } livemode && livemode != envelope.Livemode ? RefusalCause.WrongMode
        : StripeAccount is { } account && account != envelope.StripeAccount ? RefusalCause.WrongAccount
        : null;
}
