using System.Text.Json;

namespace Holdfast.Mirror.Readers;

/// <summary>The types that access and money hang on. What changes in them is kept; the others are only mirrored.</summary>
internal static class KnownObjects
{
    private static readonly Dictionary<string, Func<JsonElement, object>> Readers = new(StringComparer.Ordinal)
    {
        ["customer"] = Customer.Read,
        ["product"] = Product.Read,
        ["price"] = Price.Read,
        ["subscription"] = Subscription.Read,
        ["invoice"] = Invoice.Read,
        ["invoice_payment"] = InvoicePayment.Read,
        ["payment_intent"] = PaymentIntent.Read,
        ["setup_intent"] = SetupIntent.Read,
        ["charge"] = Charge.Read,
        ["refund"] = Refund.Read,
        ["dispute"] = Dispute.Read,
        ["checkout.session"] = CheckoutSession.Read,
        ["entitlements.active_entitlement_summary"] = ActiveEntitlementSummary.Read,
    };

    public static bool Contains(string type) => Readers.ContainsKey(type);

    /// <summary>Reads an object to see that it can be read, before anything is concluded from it.</summary>
    /// <exception cref="UnreadableObjectException">A field is missing that every API version has had.</exception>
    public static void Require(string type, JsonElement body)
    {
        if (Readers.TryGetValue(type, out var read))
        {
            _ = read(body);
        }
    }
}
