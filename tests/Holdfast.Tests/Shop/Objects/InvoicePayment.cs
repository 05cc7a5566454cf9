using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <summary>How an invoice was paid; told only since 2025-03-31.basil.</summary>
/// <remarks>https://docs.stripe.com/api/invoice-payment/object</remarks>
internal sealed record InvoicePayment : StripeObject
{
    public required string Invoice { get; init; }

    public required string PaymentIntent { get; init; }

    public required long Amount { get; init; }

    public required DateTimeOffset PaidAt { get; init; }

    public override JsonObject Render(Rendering rendering) => rendering.Begin(this, "invoice_payment").With(new()
    {
        ["amount_paid"] = Amount,
        ["amount_requested"] = Amount,
        ["currency"] = "usd",
        ["invoice"] = Invoice,
        ["is_default"] = true,
        ["payment"] = new JsonObject { ["payment_intent"] = PaymentIntent, ["type"] = "payment_intent" },
        ["status"] = "paid",
        ["status_transitions"] = new JsonObject { ["canceled_at"] = null, ["paid_at"] = PaidAt.Unix() },
    });
}
