using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Invoices. https://docs.stripe.com/api/invoices</summary>
internal static class Invoices
{
    public static readonly ObjectType Type = new("invoice", "in", """
        {
          "id": "", "object": "invoice", "account_country": "US", "account_name": null, "account_tax_ids": null,
          "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0, "amount_remaining": 0,
          "amount_shipping": 0, "application": null, "attempt_count": 0, "attempted": false, "auto_advance": false,
          "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null
          },
          "automatically_finalizes_at": null, "billing_reason": "manual", "collection_method": "charge_automatically",
          "created": 0, "currency": "usd", "custom_fields": null, "customer": "", "customer_account": null,
          "customer_address": null, "customer_email": null, "customer_name": null, "customer_phone": null,
          "customer_shipping": null, "customer_tax_exempt": "none", "customer_tax_ids": [],
          "default_payment_method": null, "default_source": null, "default_tax_rates": [], "description": null,
          "discounts": [], "due_date": null, "effective_at": null, "ending_balance": null, "footer": null,
          "from_invoice": null, "hosted_invoice_url": null, "invoice_pdf": null, "issuer": { "type": "self" },
          "last_finalization_error": null, "latest_revision": null,
          "lines": { "object": "list", "data": [], "has_more": false, "url": "" },
          "livemode": false, "metadata": {}, "next_payment_attempt": null, "number": null, "on_behalf_of": null,
          "parent": null, "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null
          },
          "period_end": 0, "period_start": 0, "post_payment_credit_notes_amount": 0,
          "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
          "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": "draft",
          "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null
          },
          "subtotal": 0, "subtotal_excluding_tax": 0, "test_clock": null, "total": 0, "total_discount_amounts": [],
          "total_excluding_tax": 0, "total_pretax_credit_amounts": [], "total_taxes": [], "webhooks_delivered_at": null
        }
        """)
    {
        Shapes = InvoiceShapes.All,
        Includable = new Dictionary<string, Func<World, JsonObject, JsonNode?>>
        {
            ["payments"] = InvoicePayments.ListOf,
            ["confirmation_secret"] = ConfirmationSecret,
        },
    };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Add(InvoiceLines.Type);
        InvoicesApi.Map(catalog);
        InvoicePreview.Map(catalog);
        Collection.Map(catalog);
    }

    public static StripeObject? SubscriptionOf(World world, StripeObject invoice) =>
        world.Find(Subscriptions.Type, invoice.Text("parent.subscription_details.subscription"));

    public static StripeObject CustomerOf(World world, StripeObject invoice) =>
        world.Find(Customers.Type, invoice.Text("customer"))
        ?? throw ApiError.State("The customer of this invoice was deleted.", param: "invoice");

    /// <summary>What is to pay it; null while it is a draft or nothing is due.</summary>
    public static StripeObject? IntentOf(World world, StripeObject invoice) =>
        world.Find(PaymentIntents.Type, invoice.Text("_payment_intent"));

    /// <summary>A subscription's invoices, oldest first.</summary>
    public static IEnumerable<StripeObject> Of(World world, StripeObject subscription) =>
        subscription.Hidden.Items("invoices").Select(id => world.Find(Type, id?.GetValue<string>()))
            .OfType<StripeObject>();

    private static JsonObject? ConfirmationSecret(World world, JsonObject invoice) =>
        world.Find(PaymentIntents.Type, invoice.Text("_payment_intent")) is { } intent
            ? new JsonObject { ["client_secret"] = intent.Text("client_secret"), ["type"] = "payment_intent" }
            : null;
}
