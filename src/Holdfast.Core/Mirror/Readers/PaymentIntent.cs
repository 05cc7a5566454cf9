using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>One payment on its way, with all its attempts. Read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/payment_intents/object</remarks>
public sealed record PaymentIntent
{
    public required string Id { get; init; }

    /// <summary>Stripe's word of today: the two that were renamed in 2019-02-11 read under their new names.</summary>
    /// <remarks>https://docs.stripe.com/payments/paymentintents/lifecycle</remarks>
    public required string Status { get; init; }

    /// <summary>What is asked for, in the smallest unit of the currency, as are the other amounts.</summary>
    public required long Amount { get; init; }

    /// <summary>Authorised and waiting to be captured.</summary>
    public long AmountCapturable { get; init; }

    public long AmountReceived { get; init; }

    public required string Currency { get; init; }

    public string? Customer { get; init; }

    /// <summary>
    /// The invoice it pays. Null since 2025-03-31.basil: there the <see cref="InvoicePayment"/> tells.
    /// </summary>
    public string? Invoice { get; init; }

    public string? PaymentMethod { get; init; }

    public string? LatestCharge { get; init; }

    public PaymentError? LastPaymentError { get; init; }

    /// <summary>What the payer has to do, such as <c>use_stripe_sdk</c> or <c>redirect_to_url</c>.</summary>
    public string? NextAction { get; init; }

    /// <summary><c>automatic</c>, <c>automatic_async</c> or <c>manual</c>.</summary>
    public string? CaptureMethod { get; init; }

    /// <summary><c>on_session</c> or <c>off_session</c> when the payment method is kept for later.</summary>
    public string? SetupFutureUsage { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public string? CancellationReason { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id, status, amount or currency.</exception>
    public static PaymentIntent Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Status = body.Required("status") switch
        {
            "requires_source" => "requires_payment_method",
            "requires_source_action" => "requires_action",
            var status => status,
        },
        Amount = body.RequiredNumber("amount"),
        AmountCapturable = body.Number("amount_capturable") ?? 0,
        AmountReceived = body.Number("amount_received") ?? 0,
        Currency = body.Required("currency"),
        Customer = body.Id("customer"),
        Invoice = body.Id("invoice"),
        PaymentMethod = body.Id("payment_method") ?? body.Id("source"),
        // Before 2022-11-15 there was a list of its charges, the latest first.
        LatestCharge = body.Id("latest_charge") ?? body.List("charges").FirstOrDefault().Text("id"),
        LastPaymentError = PaymentError.Read(body.At("last_payment_error")),
        NextAction = body.Text("next_action", "type") ?? body.Text("next_source_action", "type"),
        CaptureMethod = body.Text("capture_method"),
        SetupFutureUsage = body.Text("setup_future_usage"),
        Description = body.Text("description"),
        CreatedAt = body.Moment("created"),
        CanceledAt = body.Moment("canceled_at"),
        CancellationReason = body.Text("cancellation_reason"),
        Metadata = body.Metadata("metadata"),
    };
}
