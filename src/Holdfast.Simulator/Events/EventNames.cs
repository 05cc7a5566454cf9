namespace Holdfast.Simulator.Events;

/// <summary>The names of events an endpoint can listen to, as far as the simulator tells them apart: by family.</summary>
internal static class EventNames
{
    /// <summary>https://docs.stripe.com/api/events/types</summary>
    private static readonly string[] Families =
    [
        "account", "application_fee", "apps", "balance", "balance_settings", "billing", "billing_portal", "capability",
        "cash_balance", "charge", "checkout.session", "climate", "coupon", "credit_note", "customer",
        "customer_cash_balance_transaction", "entitlements", "file", "financial_connections", "identity", "invoice",
        "invoice_payment", "invoiceitem", "issuing_authorization", "issuing_card", "issuing_cardholder", "issuing_dispute",
        "issuing_personalization_design", "issuing_token", "issuing_transaction", "mandate", "payment_intent", "payment_link",
        "payment_method", "payout", "person", "plan", "price", "product", "promotion_code", "quote", "radar", "refund",
        "reporting", "reserve", "review", "setup_intent", "sigma", "source", "subscription_schedule", "tax", "tax_rate",
        "terminal", "test_helpers", "three_d_secure", "topup", "transfer", "treasury",
    ];

    public static bool IsKnown(string name) => name is "*" || Array.Exists(Families, family =>
        name.Length > family.Length + 1 && name[family.Length] is '.' && name[^1] is not '.'
        && name.StartsWith(family, StringComparison.Ordinal)
        && name.All(letter => letter is '.' or '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9')));

    /// <summary>A name, all of them (<c>*</c>), or those that begin alike (<c>charge.*</c>).</summary>
    public static bool Fits(string type, string pattern) => pattern is "*" || type == pattern
        || (pattern.EndsWith(".*", StringComparison.Ordinal)
            && type.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
