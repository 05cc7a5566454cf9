using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// The tie between an invoice and one payment towards it. It exists since 2025-03-31.basil, where it is the only place
/// that tells which invoice a payment intent or a charge has paid.
/// </summary>
/// <remarks>https://docs.stripe.com/api/invoice-payment/object</remarks>
public sealed record InvoicePayment
{
    public required string Id { get; init; }

    public required string Invoice { get; init; }

    /// <summary><c>open</c>, <c>paid</c> or <c>canceled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>In the smallest unit of the currency; null until something was paid.</summary>
    public long? AmountPaid { get; init; }

    public long? AmountRequested { get; init; }

    public string? Currency { get; init; }

    /// <summary>The payment Stripe made for the invoice by itself, which follows the invoice's amount.</summary>
    public bool IsDefault { get; init; }

    /// <summary><c>payment_intent</c>, <c>charge</c> or <c>payment_record</c> (money that came past Stripe).</summary>
    public string? Type { get; init; }

    public string? PaymentIntent { get; init; }

    public string? Charge { get; init; }

    public string? PaymentRecord { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id, invoice or status.</exception>
    public static InvoicePayment Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Invoice = body.RequiredId("invoice"),
        Status = body.Required("status"),
        AmountPaid = body.Number("amount_paid"),
        AmountRequested = body.Number("amount_requested"),
        Currency = body.Text("currency"),
        IsDefault = body.Flag("is_default") is true,
        Type = body.Text("payment", "type"),
        PaymentIntent = body.Id("payment", "payment_intent"),
        Charge = body.Id("payment", "charge"),
        PaymentRecord = body.Id("payment", "payment_record"),
        CreatedAt = body.Moment("created"),
        PaidAt = body.Moment("status_transitions", "paid_at"),
        CanceledAt = body.Moment("status_transitions", "canceled_at"),
    };
}
