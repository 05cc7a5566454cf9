using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// What a customer is asked to pay, and how far that has come. Read alike from every API version since 2019.
/// </summary>
/// <remarks>https://docs.stripe.com/api/invoices/object</remarks>
public sealed record Invoice
{
    public required string Id { get; init; }

    /// <summary>
    /// <c>draft</c>, <c>open</c>, <c>paid</c>, <c>uncollectible</c> or <c>void</c>; words of later API versions pass
    /// through, and Stripe allows null.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>What people call it; null while it is a draft.</summary>
    public string? Number { get; init; }

    public string? Customer { get; init; }

    public string? Subscription { get; init; }

    /// <summary>The subscription's metadata as it was when the invoice was made.</summary>
    public required IReadOnlyDictionary<string, string> SubscriptionMetadata { get; init; }

    /// <summary>
    /// What pays it: the default payment, else the first. Since 2025-03-31.basil only a fetch that expands
    /// <c>payments</c> has it in the invoice; otherwise the <see cref="InvoicePayment"/> tells.
    /// </summary>
    public string? PaymentIntent { get; init; }

    /// <summary>As for <see cref="PaymentIntent"/>, whose latest charge it is.</summary>
    public string? Charge { get; init; }

    /// <summary>Such as <c>subscription_create</c> or <c>subscription_cycle</c>.</summary>
    public string? BillingReason { get; init; }

    /// <summary><c>charge_automatically</c> or <c>send_invoice</c>.</summary>
    public string? CollectionMethod { get; init; }

    public required string Currency { get; init; }

    /// <summary>In the smallest unit of the currency, as are the other amounts.</summary>
    public required long AmountDue { get; init; }

    public required long AmountPaid { get; init; }

    public required long AmountRemaining { get; init; }

    public long? Subtotal { get; init; }

    public required long Total { get; init; }

    /// <summary>All taxes together, those inside the prices too; null when none apply.</summary>
    public long? Tax { get; init; }

    public required IReadOnlyList<Discount> Discounts { get; init; }

    /// <summary>
    /// The body says that money came past Stripe. Versions from 2025-03-31.basil until 2026-05-27.dahlia do not tell.
    /// </summary>
    public bool IsPaidOutOfBand { get; init; }

    public long AttemptCount { get; init; }

    /// <summary>When Stripe tries again by itself; null when it does not.</summary>
    public DateTimeOffset? NextPaymentAttemptAt { get; init; }

    /// <summary>What finalizing failed of, in Stripe's words.</summary>
    public string? FinalizationError { get; init; }

    /// <summary>The page where the customer sees and pays it.</summary>
    public string? HostedInvoiceUrl { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? FinalizedAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? MarkedUncollectibleAt { get; init; }

    public DateTimeOffset? VoidedAt { get; init; }

    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    /// <summary>
    /// Stripe wrote only the first lines into the body. The rest is at <c>/v1/invoices/{id}/lines</c>.
    /// </summary>
    public bool HasMoreLines { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">
    /// The body has no id, currency, total or amount, or a line has none.
    /// </exception>
    public static Invoice Read(JsonElement body)
    {
        var payment = DefaultPayment(body);
        return new()
        {
            Id = body.Required("id"),
            Status = body.Text("status"),
            Number = body.Text("number"),
            Customer = body.Id("customer"),
            Subscription = body.Id("parent", "subscription_details", "subscription") ?? body.Id("subscription"),
            SubscriptionMetadata = body.At("parent", "subscription_details") is { } details
                ? details.Metadata("metadata")
                : body.Metadata("subscription_details", "metadata"),
            PaymentIntent = payment.Id("payment_intent") ?? body.Id("payment_intent"),
            Charge = payment.Id("charge") ?? payment.Id("payment_intent", "latest_charge") ?? body.Id("charge"),
            BillingReason = body.Text("billing_reason"),
            // Named billing before 2019-10-17.
            CollectionMethod = body.Text("collection_method") ?? body.Text("billing"),
            Currency = body.Required("currency"),
            AmountDue = body.RequiredNumber("amount_due"),
            AmountPaid = body.RequiredNumber("amount_paid"),
            AmountRemaining = body.RequiredNumber("amount_remaining"),
            Subtotal = body.Number("subtotal"),
            Total = body.RequiredNumber("total"),
            Tax = TaxOf(body.List("total_taxes")) ?? body.Number("tax") ?? TaxOf(body.List("total_tax_amounts")),
            Discounts = Discount.ReadAll(body),
            IsPaidOutOfBand = body.Flag("paid_out_of_band") ?? body.Number("amount_paid_off_stripe") > 0,
            AttemptCount = body.Number("attempt_count") ?? 0,
            NextPaymentAttemptAt = body.Moment("next_payment_attempt"),
            FinalizationError = body.Text("last_finalization_error", "message"),
            HostedInvoiceUrl = body.Text("hosted_invoice_url"),
            // Before 2019-03-14 named date, and finalized_at stood outside of status_transitions.
            CreatedAt = body.Moment("created") ?? body.Moment("date"),
            FinalizedAt = body.Moment("status_transitions", "finalized_at") ?? body.Moment("finalized_at"),
            DueAt = body.Moment("due_date"),
            PaidAt = body.Moment("status_transitions", "paid_at"),
            MarkedUncollectibleAt = body.Moment("status_transitions", "marked_uncollectible_at"),
            VoidedAt = body.Moment("status_transitions", "voided_at"),
            Lines = [.. body.List("lines").Select(InvoiceLine.Read)],
            HasMoreLines = body.Flag("lines", "has_more") is true,
            Metadata = body.Metadata("metadata"),
        };
    }

    /// <returns>The sum; null when there are none, or when one has no amount.</returns>
    internal static long? TaxOf(IEnumerable<JsonElement> taxes)
    {
        Int128? sum = null;
        foreach (var tax in taxes)
        {
            if (tax.Number("amount") is not { } amount)
            {
                return null;
            }

            sum = (sum ?? 0) + amount;
        }

        return sum >= long.MinValue && sum <= long.MaxValue ? (long?)sum : null;
    }

    private static JsonElement DefaultPayment(JsonElement body)
    {
        JsonElement[] payments = [.. body.List("payments")];
        var chosen = payments.FirstOrDefault(payment => payment.Flag("is_default") is true, payments.FirstOrDefault());
        return chosen.At("payment") ?? default;
    }
}
