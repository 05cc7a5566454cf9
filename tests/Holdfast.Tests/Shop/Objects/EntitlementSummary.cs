using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>The features a customer's subscriptions bring. Stripe gives it no id of its own.</summary>
/// <remarks>https://docs.stripe.com/api/entitlements/active-entitlement</remarks>
internal sealed record EntitlementSummary : StripeObject
{
    public required string Customer { get; init; }

    public IReadOnlyList<Entitlement> Entitlements { get; init; } = [];

    public override JsonObject Render(Rendering rendering) => new()
    {
        ["object"] = "entitlements.active_entitlement_summary",
        ["customer"] = Customer,
        ["entitlements"] = Parts.List(
            $"/v1/customer/{Customer}/entitlements",
            Entitlements.Select(entitlement => entitlement.Render(rendering))),
        ["livemode"] = rendering.IsLive,
    };
}

internal sealed record Entitlement(string Id, string Feature, string LookupKey)
{
    public JsonNode Render(Rendering rendering) => new JsonObject
    {
        ["id"] = Id,
        ["object"] = "entitlements.active_entitlement",
        ["feature"] = Feature,
        ["livemode"] = rendering.IsLive,
        ["lookup_key"] = LookupKey,
    };
}
