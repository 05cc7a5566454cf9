namespace Holdfast.Ingest;

/// <summary>One HTTP arrival of an event that was found genuine: it was delivered, or it was asked for.</summary>
internal sealed record Delivery
{
    public required string Endpoint { get; init; }

    public required Envelope Envelope { get; init; }

    /// <summary>The exact bytes, as they were signed, or as they stood in Stripe's answer.</summary>
    public required byte[] Body { get; init; }

    /// <summary>SHA-256 of the body.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Follows this delivery through the logs, from here to the commit of what it caused.</summary>
    public required string Correlation { get; init; }

    /// <summary>The fingerprint of the secret that matched; null when it was asked for, and is nobody's delivery.</summary>
    public required string? Secret { get; init; }

    public bool WasAskedFor => Secret is null;
}
