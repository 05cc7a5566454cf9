namespace Holdfast.Upkeep;

/// <summary>What is kept for how long. The section <c>Holdfast:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// How long events stay after they were received, with their bytes, ids and ended jobs. What is still open, or a
    /// dead letter, stays. Longer than Stripe sends an event again (30 days): an id that is gone would be new again.
    /// </summary>
    public TimeSpan Events { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long the record of a call of Stripe's API stays.</summary>
    public TimeSpan Calls { get; set; } = TimeSpan.FromDays(7);
}
