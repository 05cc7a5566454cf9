namespace Holdfast.Mirror;

/// <summary>An object as it is held: the observation that won, and how sure we are of it.</summary>
internal sealed record MirroredObject
{
    public required ObjectKey Key { get; init; }

    public required byte[] Body { get; init; }

    public required byte[] Hash { get; init; }

    public required string? ApiVersion { get; init; }

    public required string? Customer { get; init; }

    public required string? Status { get; init; }

    public required string? Parent { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    public Source Source { get; init; }

    public required string Cause { get; init; }

    /// <summary>What its own event says that it looked like before; see <see cref="Observation.Previous"/>.</summary>
    public byte[]? Previous { get; init; }

    /// <summary>Asked from Stripe, so known; otherwise concluded from what arrived.</summary>
    public required bool Confirmed { get; init; }

    /// <summary>Two bodies claim the same moment, or the moments cannot be compared: only Stripe can tell.</summary>
    public required bool InDoubt { get; init; }

    public required bool Deleted { get; init; }

    /// <summary>Its status can never change again, whatever arrives later.</summary>
    public bool Absorbing => ObjectRelations.IsAbsorbing(Key.Type, Status);
}
