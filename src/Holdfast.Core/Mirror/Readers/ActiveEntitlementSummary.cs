using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// All features a customer has right now by Stripe's own entitlements. It has no id: the customer stands for it.
/// </summary>
/// <remarks>https://docs.stripe.com/billing/entitlements</remarks>
public sealed record ActiveEntitlementSummary
{
    public required string Customer { get; init; }

    public required IReadOnlyList<ActiveEntitlement> Entitlements { get; init; }

    /// <summary>
    /// Stripe wrote only the first entitlements into the body, so a feature that is not listed may yet be held. The
    /// rest is at <c>/v1/entitlements/active_entitlements?customer=…</c>.
    /// </summary>
    public bool HasMoreEntitlements { get; init; }

    /// <exception cref="UnreadableObjectException">
    /// The body has no customer, or an entitlement no id or lookup key.
    /// </exception>
    public static ActiveEntitlementSummary Read(JsonElement body) => new()
    {
        Customer = body.RequiredId("customer"),
        Entitlements = [.. body.List("entitlements").Select(ActiveEntitlement.Read)],
        HasMoreEntitlements = body.Flag("entitlements", "has_more") is true,
    };
}

/// <summary>One feature held.</summary>
public sealed record ActiveEntitlement
{
    public required string Id { get; init; }

    /// <summary>The id of Stripe's feature.</summary>
    public string? Feature { get; init; }

    /// <summary>The merchant's own name for the feature.</summary>
    public required string LookupKey { get; init; }

    internal static ActiveEntitlement Read(JsonElement entitlement) => new()
    {
        Id = entitlement.Required("id"),
        Feature = entitlement.Id("feature"),
        LookupKey = entitlement.Required("lookup_key"),
    };
}
