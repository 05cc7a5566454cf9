namespace Holdfast.Mirror;

/// <summary>One object looked like this as of then.</summary>
internal sealed record Observation
{
    public required ObjectKey Key { get; init; }

    /// <summary>The object's JSON without white space between its parts.</summary>
    public required byte[] Body { get; init; }

    /// <summary>SHA-256 of <see cref="Body"/>.</summary>
    public required byte[] Hash { get; init; }

    public required string? ApiVersion { get; init; }

    /// <summary>When it looked so: the event's <c>created</c>, in whole seconds. Never our clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>What it was learned from: the event's id.</summary>
    public required string Cause { get; init; }

    /// <summary>The object is gone at Stripe.</summary>
    public required bool Deleted { get; init; }

    /// <summary>Its status can never change again, whatever arrives later.</summary>
    public required bool Absorbing { get; init; }

    /// <summary>Its times are those of one of Stripe's test clocks, so they do not tell what came first.</summary>
    public required bool IsOnTestClock { get; init; }

    public required string? Customer { get; init; }

    public required string? Status { get; init; }

    public required string? Parent { get; init; }
}
