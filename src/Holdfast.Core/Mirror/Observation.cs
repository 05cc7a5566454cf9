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

    /// <summary>
    /// When it looked so, by Stripe's clock and never by ours: the event's <c>created</c>, in whole seconds, or the
    /// <c>Date</c> of the answer.
    /// </summary>
    public required DateTimeOffset AsOf { get; init; }

    public Source Source { get; init; }

    /// <summary>What it was learned from: the event's id, or that of the question to Stripe.</summary>
    public required string Cause { get; init; }

    /// <summary>
    /// What its event says that it looked like before, as far as it has changed: <c>previous_attributes</c>, compact. Null
    /// where nobody says it, or nobody needs to know.
    /// </summary>
    public byte[]? Previous { get; init; }

    /// <summary>The object is gone at Stripe.</summary>
    public required bool Deleted { get; init; }

    /// <summary>Its status can never change again, whatever arrives later.</summary>
    public required bool Absorbing { get; init; }

    /// <summary>Its times are those of one of Stripe's test clocks, so they do not tell what came first.</summary>
    public required bool IsOnTestClock { get; init; }

    /// <summary>
    /// It came so long after its moment that the moment may be one of a test clock, of which what hangs on it does not
    /// always tell.
    /// </summary>
    public bool IsLate { get; init; }

    public required string? Customer { get; init; }

    public required string? Status { get; init; }

    public required string? Parent { get; init; }
}
