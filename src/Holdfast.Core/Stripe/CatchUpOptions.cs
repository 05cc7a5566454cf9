namespace Holdfast.Stripe;

/// <summary>How what was never delivered is asked for. The section <c>Holdfast:Stripe:CatchUp</c>.</summary>
public sealed class CatchUpOptions
{
    /// <summary>How often the events since the last time are asked for: one call, where little happens.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How late an event may show up in Stripe's list: what happened so long before is gone through once more.</summary>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often those that Stripe could not deliver are asked for, should one have been overlooked.</summary>
    public TimeSpan UndeliveredInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far back they are asked for. Stripe itself tries for three days.</summary>
    public TimeSpan Undelivered { get; set; } = TimeSpan.FromDays(3);
}
