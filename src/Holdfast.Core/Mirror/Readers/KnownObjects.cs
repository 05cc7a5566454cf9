using System.Text.Json;

namespace Holdfast.Mirror.Readers;

/// <summary>The types that access and money hang on. What changes in them is kept; the others are only mirrored.</summary>
internal static class KnownObjects
{
    private static readonly Dictionary<string, string[]> RequiredFields = new(StringComparer.Ordinal)
    {
        ["customer"] = ["id"],
        ["product"] = ["id"],
        ["price"] = ["id"],
        ["subscription"] = ["id", "status"],
        ["invoice"] = ["id"],
        ["invoice_payment"] = ["id", "status"],
        ["payment_intent"] = ["id", "status"],
        ["setup_intent"] = ["id", "status"],
        ["charge"] = ["id"],
        ["refund"] = ["id"],
        ["dispute"] = ["id", "status"],
        ["checkout.session"] = ["id"],
        ["entitlements.active_entitlement_summary"] = [],
    };

    public static bool Contains(string type) => RequiredFields.ContainsKey(type);

    /// <exception cref="UnreadableObjectException">A field is missing that every API version has had.</exception>
    public static void Require(string type, JsonElement body)
    {
        foreach (var field in RequiredFields.GetValueOrDefault(type) ?? [])
        {
            _ = body.Required(field);
        }
    }
}
