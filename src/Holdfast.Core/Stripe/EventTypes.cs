namespace Holdfast.Stripe;

/// <summary>What the names of Stripe's event types tell.</summary>
/// <remarks>https://docs.stripe.com/api/events/types</remarks>
public static class EventTypes
{
    /// <summary>The object is gone. A subscription that is "deleted" is not: it stays, with the status canceled.</summary>
    public static bool IsDeletion(string type) =>
        type.EndsWith(".deleted", StringComparison.Ordinal) && type is not "customer.subscription.deleted";
}
