using System.Text.Json.Nodes;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Payment intents: one payment through all its tries. How a try goes is told in <see cref="Attempt"/>.
/// https://docs.stripe.com/payments/paymentintents/lifecycle
/// </summary>
internal static class PaymentIntents
{
    public static readonly ObjectType Type = new("payment_intent", "pi", """
        {
          "id": "", "object": "payment_intent", "allowed_payment_method_types": null, "amount": 0,
          "amount_capturable": 0, "amount_details": { "tip": {} }, "amount_received": 0, "application": null,
          "application_fee_amount": null, "automatic_payment_methods": null, "canceled_at": null,
          "cancellation_reason": null, "capture_method": "automatic", "client_secret": null,
          "confirmation_method": "automatic", "created": 0, "currency": "", "customer": null, "customer_account": null,
          "description": null, "excluded_payment_method_types": null, "last_payment_error": null,
          "latest_charge": null, "livemode": false, "managed_payments": null, "metadata": {}, "next_action": null,
          "on_behalf_of": null, "payment_method": null, "payment_method_configuration_details": null,
          "payment_method_options": {
            "card": {
              "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic"
            }
          },
          "payment_method_types": ["card"], "payment_record": null, "processing": null, "receipt_email": null,
          "review": null, "setup_future_usage": null, "shipping": null, "source": null, "statement_descriptor": null,
          "statement_descriptor_suffix": null, "status": "requires_payment_method", "transfer_data": null,
          "transfer_group": null
        }
        """)
    {
        Shapes =
        [
            new(ApiVersion.Of("2026-09-30.endive"), (_, body) => body.Remove("allowed_payment_method_types")),
            new(ApiVersion.Basil, (world, body) =>
                body["invoice"] = world.Find(Type!, body.Text("id"))?.Hidden.Text("invoice")),
            new(Charges.WithoutRefunds, ShowCharges),
            new(ApiVersion.Of("2019-02-11"), NameSources),
        ],
    };

    /// <summary>A new intent, told as <c>payment_intent.created</c>.</summary>
    public static StripeObject Make(Operation operation, IntentTerms terms)
    {
        var fields = new JsonObject
        {
            ["amount"] = terms.Amount,
            ["capture_method"] = terms.CaptureMethod,
            ["currency"] = terms.Currency,
            ["customer"] = terms.Customer?.Id,
            ["description"] = terms.Description,
            ["metadata"] = terms.Metadata?.Copy() ?? [],
            ["payment_method"] = terms.Method?.Id,
            ["setup_future_usage"] = terms.SetupFutureUsage,
            ["status"] = terms.Method is null ? "requires_payment_method" : "requires_confirmation",
        };
        if (terms.Method?.Text("type") is { } type && TestDebit.IsType(type))
        {
            fields["payment_method_types"] = new JsonArray("card", type);
        }

        fields.Take(terms.More);
        var intent = operation.Create(Type, fields, terms.Customer?.Clock);
        operation.Update(intent, body => body["client_secret"] = Intents.NewSecret(operation, intent));
        operation.UpdateHidden(intent, hidden => hidden["invoice"] = terms.Invoice);
        operation.Tell("payment_intent.created", intent);
        return intent;
    }

    /// <summary>
    /// One attempt with the intent's payment method. A decline does not throw: the status and
    /// <c>last_payment_error</c> say how it ended.
    /// </summary>
    public static void Confirm(Operation operation, StripeObject intent, bool offSession) =>
        Attempt.Begin(operation, intent, offSession);

    public static void Cancel(Operation operation, StripeObject intent, string? reason)
    {
        Hold.Release(operation, intent);
        DebitAttempt.Withdraw(operation, intent);
        operation.Update(intent, body =>
        {
            body["status"] = "canceled";
            body["canceled_at"] = operation.Now(intent);
            body["cancellation_reason"] = reason;
            body["amount_capturable"] = 0;
            body["next_action"] = null;
            body["processing"] = null;
        });
        operation.Tell("payment_intent.canceled", intent);
        operation.World.Catalog.Settled(operation, intent);
    }

    private static void ShowCharges(World world, JsonObject body)
    {
        body.Remove("latest_charge");
        body["charges"] = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. world.All(Charges.Type)
                .Where(charge => charge.Text("payment_intent") == body.Text("id"))
                .Reverse().Select(charge => charge.Body.DeepClone())]),
            ["has_more"] = false,
            ["url"] = $"/v1/charges?payment_intent={body.Text("id")}",
        };
    }

    /// <summary>Until then a payment method was called a source here.</summary>
    public static void NameSources(World world, JsonObject body)
    {
        body["status"] = body.Text("status") switch
        {
            "requires_payment_method" => "requires_source",
            "requires_action" => "requires_source_action",
            var status => status,
        };
        body["next_source_action"] = body["next_action"]?.DeepClone();
        body.Remove("next_action");
    }
}
