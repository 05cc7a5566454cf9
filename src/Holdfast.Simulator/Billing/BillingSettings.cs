namespace Holdfast.Simulator.Billing;

/// <summary>
/// What a Stripe account sets for its subscriptions in the Dashboard.
/// https://docs.stripe.com/billing/revenue-recovery/smart-retries
/// </summary>
public sealed record BillingSettings
{
    /// <summary>
    /// Days from one failed payment to the next try. Stripe's model picks the times of its recommended eight tries in
    /// two weeks; here they are known beforehand.
    /// </summary>
    public IReadOnlyList<int> RetryAfterDays { get; init; } = [1, 1, 2, 2, 2, 2, 2, 2];

    public AfterLastFailure AfterLastFailure { get; init; } = AfterLastFailure.Cancel;

    /// <summary>How long before a renewal <c>invoice.upcoming</c> is told; 0 for never.</summary>
    public int UpcomingDays { get; init; } = 7;

    /// <summary>
    /// How long before a bill is due <c>invoice.will_be_due</c> is told, which at Stripe an automation does; 0 for never.
    /// https://docs.stripe.com/billing/automations
    /// </summary>
    public int WillBeDueDays { get; init; }
}

/// <summary>What becomes of a subscription whose payment has failed for the last time.</summary>
public enum AfterLastFailure
{
    Cancel,
    MarkUnpaid,
    LeavePastDue,
}
