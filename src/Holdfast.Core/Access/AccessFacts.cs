using System.Collections.ObjectModel;
using Holdfast.Mirror.Readers;

namespace Holdfast.Access;

/// <summary>All that is held about one account and bears on its access. The order in the lists means nothing.</summary>
public sealed record AccessFacts
{
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<Purchase> Purchases { get; init; } = [];

    /// <summary>By the id of a subscription or a purchase: what access needs to know of it. Nothing where it is absent.</summary>
    public IReadOnlyDictionary<string, Evidence> Evidence { get; init; } = ReadOnlyDictionary<string, Evidence>.Empty;

    /// <summary>Lookup keys of the features that Stripe's own entitlements grant.</summary>
    /// <remarks>https://docs.stripe.com/billing/entitlements</remarks>
    public IReadOnlyList<string> ActiveFeatures { get; init; } = [];
}

/// <summary>What is known of a subscription or a purchase beside its own body, and what is not.</summary>
public sealed record Evidence
{
    /// <summary>What it waits for, as the end of the sentence "… waits for"; null when all is known.</summary>
    public string? WaitsFor { get; init; }

    public IReadOnlyList<KnownFrom> KnownFrom { get; init; } = [];
}

/// <summary>Where something that access needs was found.</summary>
/// <param name="Need">What it is: <c>line_items</c>, or a metadata key as in <c>metadata.tier</c>.</param>
/// <param name="Object">The object that says it, as in <c>checkout.session cs_1</c>.</param>
/// <param name="Cause">What that was learned from: an event, or a question asked of Stripe.</param>
public sealed record KnownFrom(string Need, string Object, string Cause);
