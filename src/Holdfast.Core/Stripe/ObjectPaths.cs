namespace Holdfast.Stripe;

/// <summary>Where Stripe's objects are read one by one, by their ids.</summary>
/// <remarks>https://docs.stripe.com/api</remarks>
internal static class ObjectPaths
{
    private static readonly Dictionary<string, string> Folders = new(StringComparer.Ordinal)
    {
        ["account"] = "accounts",
        ["billing.meter"] = "billing/meters",
        ["billing_portal.configuration"] = "billing_portal/configurations",
        ["charge"] = "charges",
        ["checkout.session"] = "checkout/sessions",
        ["coupon"] = "coupons",
        ["credit_note"] = "credit_notes",
        ["customer"] = "customers",
        ["dispute"] = "disputes",
        ["entitlements.feature"] = "entitlements/features",
        ["invoice"] = "invoices",
        ["invoice_payment"] = "invoice_payments",
        ["invoiceitem"] = "invoiceitems",
        ["payment_intent"] = "payment_intents",
        ["payment_link"] = "payment_links",
        ["payment_method"] = "payment_methods",
        ["payout"] = "payouts",
        ["plan"] = "plans",
        ["price"] = "prices",
        ["product"] = "products",
        ["promotion_code"] = "promotion_codes",
        ["quote"] = "quotes",
        ["radar.early_fraud_warning"] = "radar/early_fraud_warnings",
        ["refund"] = "refunds",
        ["review"] = "reviews",
        ["setup_intent"] = "setup_intents",
        ["subscription"] = "subscriptions",
        ["subscription_item"] = "subscription_items",
        ["subscription_schedule"] = "subscription_schedules",
        ["tax_rate"] = "tax_rates",
        ["test_helpers.test_clock"] = "test_helpers/test_clocks",
        ["topup"] = "topups",
        ["transfer"] = "transfers",
    };

    /// <returns>Null for types that cannot be read by an id alone, or that nobody has heard of.</returns>
    public static string? Of(string type, string id) =>
        Folders.TryGetValue(type, out var folder) ? $"/v1/{folder}/{Uri.EscapeDataString(id)}" : null;

    /// <summary>
    /// The address that a thin event gives for its object, if it is one of Stripe's API and nothing else: a signed event is
    /// Stripe's, but what is asked is ours to answer for.
    /// </summary>
    public static string? Checked(string? url)
    {
        if (url?.Split('/') is not ["", "v1" or "v2", _, ..] parts)
        {
            return null;
        }

        var isPlain = parts.Skip(1).All(part =>
            part.Trim('.').Length > 0 && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'));
        return isPlain ? url : null;
    }
}
