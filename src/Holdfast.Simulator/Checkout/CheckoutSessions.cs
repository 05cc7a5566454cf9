using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// Checkout sessions: a page on which a customer pays, subscribes or leaves a payment method. How one is completed is
/// told in <see cref="Submission"/> and <see cref="Completion"/>. https://docs.stripe.com/api/checkout/sessions
/// </summary>
internal static class CheckoutSessions
{
    public static readonly ObjectType Type = new("checkout.session", "cs_test", """
        {
          "id": "", "object": "checkout.session", "adaptive_pricing": { "enabled": false }, "after_expiration": null,
          "allow_promotion_codes": null, "allowed_payment_method_types": null, "amount_subtotal": null,
          "amount_total": null,
          "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
          "billing_address_collection": null, "cancel_url": null, "client_reference_id": null, "client_secret": null,
          "collected_information": null, "consent": null, "consent_collection": null, "created": 0, "currency": null,
          "currency_conversion": null, "custom_fields": [],
          "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null
          },
          "customer": null, "customer_account": null, "customer_creation": null, "customer_details": null,
          "customer_email": null, "discounts": [], "expires_at": 0, "integration_identifier": null, "invoice": null,
          "invoice_creation": null, "livemode": false, "locale": null, "managed_payments": null, "metadata": {},
          "mode": "payment", "origin_context": null, "payment_intent": null, "payment_link": null,
          "payment_method_collection": "if_required", "payment_method_configuration_details": null,
          "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
          "payment_method_types": ["card"], "payment_status": "unpaid", "permissions": null,
          "phone_number_collection": { "enabled": false }, "recovered_from": null,
          "saved_payment_method_options": null, "setup_intent": null, "shipping_address_collection": null,
          "shipping_cost": null, "shipping_options": [], "status": "open", "submit_type": null, "subscription": null,
          "success_url": null, "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
          "ui_mode": "hosted_page", "url": null, "wallet_options": null
        }
        """)
    {
        Includable = new Dictionary<string, Func<World, JsonObject, JsonNode?>> { ["line_items"] = LineItems.ListOf },
        Shapes =
        [
            new(ApiVersion.Of("2026-09-30.endive"), (_, body) => body.Remove("allowed_payment_method_types")),
            new(ApiVersion.Dahlia, (_, body) => body["ui_mode"] = UiModes.NameBefore(body.Text("ui_mode"))),
            new(ApiVersion.Basil, (_, body) =>
            {
                body["shipping_details"] = body.At("collected_information.shipping_details")?.DeepClone();
                body.Remove("collected_information");
            }),
        ],
    };
}
