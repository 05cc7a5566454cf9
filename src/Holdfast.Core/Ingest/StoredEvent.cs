namespace Holdfast.Ingest;

/// <summary>An event as it was received and is kept.</summary>
internal sealed record StoredEvent
{
    /// <summary>The kind of the job that applies it.</summary>
    public const string JobKind = "event";

    /// <summary>Its row, and the subject of its job.</summary>
    public required long Row { get; init; }

    public required string EventId { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>Empty for our own account.</summary>
    public required string StripeAccount { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string? ApiVersion { get; init; }

    public required string? ObjectType { get; init; }

    public required string? ObjectId { get; init; }

    public required string Endpoint { get; init; }

    public required string Correlation { get; init; }

    public required byte[] Hash { get; init; }

    public required byte[] Body { get; init; }
}
