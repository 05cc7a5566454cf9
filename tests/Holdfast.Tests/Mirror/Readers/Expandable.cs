using System.Text.Json;

namespace Holdfast.Tests.Mirror.Readers;

/// <summary>Stands whole objects where Stripe wrote their ids, as a fetch with <c>expand[]</c> brings them.</summary>
internal static class Expandable
{
    private static readonly string[] Fields =
    [
        "balance_transaction", "charge", "customer", "default_payment_method", "default_price", "default_source",
        "feature", "invoice", "latest_charge", "latest_invoice", "mandate", "payment_intent", "payment_link",
        "payment_method", "product", "schedule", "setup_intent", "single_use_mandate", "source", "subscription",
    ];

    public static JsonElement Expand(JsonElement body) => Altered.With(body, (path, value) =>
        value.ValueKind is JsonValueKind.String && Fields.Contains(path.Split('/')[^1])
            ? $$"""{"object":"expanded","id":{{value.GetRawText()}},"status":"of another object"}"""
            : null);
}
