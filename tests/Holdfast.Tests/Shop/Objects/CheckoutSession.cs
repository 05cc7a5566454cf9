using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/checkout/sessions/object</remarks>
internal sealed record CheckoutSession : StripeObject
{
    /// <summary><c>payment</c>, <c>setup</c> or <c>subscription</c>.</summary>
    public required string Mode { get; init; }

    public string Status { get; init; } = "complete";

    public string PaymentStatus { get; init; } = "paid";

    public required Customer Customer { get; init; }

    public string? Subscription { get; init; }

    public string? PaymentIntent { get; init; }

    public string? SetupIntent { get; init; }

    public string? Invoice { get; init; }

    /// <summary>In cents; null in setup mode.</summary>
    public long? Total { get; init; }

    public string? ClientReferenceId { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "checkout.session").With(new()
        {
            ["amount_subtotal"] = Total,
            ["amount_total"] = Total,
            ["billing_address_collection"] = null,
            ["cancel_url"] = "https://shop.example/cart",
            ["client_reference_id"] = ClientReferenceId,
            ["currency"] = Total is null ? null : "usd",
            ["customer"] = Customer.Id,
            ["customer_email"] = null,
            ["locale"] = null,
            ["metadata"] = Parts.Metadata(Metadata),
            ["mode"] = Mode,
            ["payment_intent"] = PaymentIntent,
            ["payment_method_types"] = Parts.Words("card", "sepa_debit"),
            ["setup_intent"] = SetupIntent,
            ["submit_type"] = null,
            ["subscription"] = Subscription,
            ["success_url"] = "https://shop.example/thanks?session_id={CHECKOUT_SESSION_ID}",
            // Added to every version in the same way, so even the oldest endpoints see them.
            ["payment_status"] = PaymentStatus,
            ["status"] = Status,
        });
        if (rendering.Shape is ApiVersionShape.Of2019)
        {
            return body;
        }

        return body.With(Later(rendering)).With(rendering.IsBasil
            ? new() { ["collected_information"] = new JsonObject { ["shipping_details"] = null } }
            : new() { ["shipping_details"] = null });
    }

    private JsonObject Later(Rendering rendering) => new()
    {
        ["after_expiration"] = null,
        ["allow_promotion_codes"] = null,
        ["automatic_tax"] = Parts.AutomaticTax(rendering),
        ["client_secret"] = null,
        ["consent"] = null,
        ["consent_collection"] = null,
        ["currency_conversion"] = null,
        ["custom_fields"] = new JsonArray(),
        ["custom_text"] = new JsonObject
        {
            ["after_submit"] = null,
            ["shipping_address"] = null,
            ["submit"] = null,
            ["terms_of_service_acceptance"] = null,
        },
        ["customer_creation"] = Mode is "subscription" ? "always" : null,
        ["customer_details"] = new JsonObject
        {
            ["address"] = Parts.Address(Customer.City, Customer.Country),
            ["email"] = Customer.Email,
            ["name"] = Customer.Name,
            ["phone"] = Customer.Phone,
            ["tax_exempt"] = "none",
            ["tax_ids"] = new JsonArray(),
        },
        ["expires_at"] = (CreatedAt + TimeSpan.FromDays(1)).Unix(),
        ["invoice"] = Invoice,
        ["invoice_creation"] = null,
        ["payment_link"] = null,
        ["payment_method_collection"] = Mode is "subscription" ? "always" : "if_required",
        ["payment_method_configuration_details"] = null,
        ["payment_method_options"] = new JsonObject
        {
            ["card"] = new JsonObject { ["request_three_d_secure"] = "automatic" },
        },
        ["phone_number_collection"] = new JsonObject { ["enabled"] = false },
        ["recovered_from"] = null,
        ["saved_payment_method_options"] = null,
        ["shipping_address_collection"] = null,
        ["shipping_cost"] = null,
        ["shipping_options"] = new JsonArray(),
        ["total_details"] = new JsonObject
        {
            ["amount_discount"] = 0,
            ["amount_shipping"] = 0,
            ["amount_tax"] = 0,
        },
        ["ui_mode"] = rendering.Shape >= ApiVersionShape.Endive ? "hosted_page" : "hosted",
        ["url"] = Status is "open" ? $"https://checkout.stripe.com/c/pay/{Id}" : null,
    };
}
