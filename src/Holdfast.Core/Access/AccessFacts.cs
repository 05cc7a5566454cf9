using Holdfast.Mirror.Readers;

namespace Holdfast.Access;

/// <summary>All that is held about one account and bears on its access. The order in the lists means nothing.</summary>
public sealed record AccessFacts
{
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<Purchase> Purchases { get; init; } = [];

    /// <summary>Lookup keys of the features that Stripe's own entitlements grant.</summary>
    /// <remarks>https://docs.stripe.com/billing/entitlements</remarks>
    public IReadOnlyList<string> ActiveFeatures { get; init; } = [];
}
