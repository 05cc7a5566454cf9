using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>What links an invoice to what pays it. https://docs.stripe.com/api/invoice-payment</summary>
internal static class InvoicePayments
{
    public static readonly ObjectType Type = new("invoice_payment", "inpay", """
        {
          "id": "", "object": "invoice_payment", "amount_paid": null, "amount_requested": 0, "created": 0,
          "currency": "usd", "invoice": "", "is_default": true, "livemode": false,
          "payment": { "type": "payment_intent" }, "status": "open",
          "status_transitions": { "canceled_at": null, "paid_at": null }
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Get("/v1/invoice_payments", List);
        catalog.Get("/v1/invoice_payments/{invoice_payment}", call =>
            Answer.Of(call.Named(Type, "invoice_payment", "invoice_payment")));
    }

    public static void Open(Operation operation, StripeObject invoice, StripeObject intent)
    {
        var payment = operation.Create(Type, new JsonObject
        {
            ["amount_requested"] = invoice.Number("amount_due"),
            ["currency"] = invoice.Text("currency"),
            ["invoice"] = invoice.Id,
            ["payment"] = new JsonObject { ["payment_intent"] = intent.Id, ["type"] = "payment_intent" },
        }, invoice.Clock);
        operation.Update(invoice, body =>
        {
            body["_payment"] = payment.Id;
            body["_payment_intent"] = intent.Id;
        });
    }

    public static void Paid(Operation operation, StripeObject invoice, long amount)
    {
        if (Of(operation.World, invoice.Body) is { } payment)
        {
            var now = operation.Now(invoice);
            operation.Update(payment, body =>
            {
                body["amount_paid"] = amount;
                body["status"] = "paid";
                body["status_transitions"]!["paid_at"] = now;
            });
            operation.Tell("invoice_payment.paid", payment);
        }
    }

    public static void Cancel(Operation operation, StripeObject invoice)
    {
        if (Of(operation.World, invoice.Body) is { Status: "open" } payment)
        {
            var now = operation.Now(invoice);
            operation.Update(payment, body =>
            {
                body["status"] = "canceled";
                body["status_transitions"]!["canceled_at"] = now;
            });
        }
    }

    /// <summary>What <c>expand[]=payments</c> shows in an invoice.</summary>
    public static JsonNode ListOf(World world, JsonObject invoice) => new JsonObject
    {
        ["object"] = "list",
        ["data"] = Of(world, invoice) is { } payment ? new JsonArray(payment.Body.Copy()) : [],
        ["has_more"] = false,
        ["url"] = $"/v1/invoice_payments?invoice={invoice.Text("id")}",
    };

    private static StripeObject? Of(World world, JsonObject invoice) => world.Find(Type, invoice.Text("_payment"));

    private static Answer List(Call call)
    {
        var fits = call.Fits("invoice", "status");
        var payment = call.Params.Child("payment");
        payment?.OneOf("type", "payment_intent", "charge", "payment_record");
        var intent = payment?.Text("payment_intent");
        return new Answer.Many(call.List(
            Type, item => fits(item) && (intent is null || item.Text("payment.payment_intent") == intent)));
    }
}
