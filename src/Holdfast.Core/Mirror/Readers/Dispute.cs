using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// A payer's bank asks a charge back, or asks about it. No version names the customer: the charge does. Read alike from
/// every API version since 2019.
/// </summary>
/// <remarks>https://docs.stripe.com/api/disputes/object</remarks>
public sealed record Dispute
{
    public required string Id { get; init; }

    /// <summary>
    /// Such as <c>needs_response</c>, <c>won</c> or <c>lost</c>; <c>warning_…</c> are inquiries that moved no money.
    /// </summary>
    /// <remarks>https://docs.stripe.com/disputes/how-disputes-work</remarks>
    public required string Status { get; init; }

    /// <summary>What the payer says, such as <c>fraudulent</c> or <c>product_not_received</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>In the smallest unit of the currency; can be less than the charge.</summary>
    public required long Amount { get; init; }

    public required string Currency { get; init; }

    public required string Charge { get; init; }

    public string? PaymentIntent { get; init; }

    /// <summary>A refund in full still ends the matter, as it does for inquiries.</summary>
    public bool IsChargeRefundable { get; init; }

    /// <summary>The last moment to answer.</summary>
    public DateTimeOffset? EvidenceDueAt { get; init; }

    public bool HasEvidence { get; init; }

    public bool IsEvidencePastDue { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id, status, amount, currency or charge.</exception>
    public static Dispute Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Status = body.Required("status"),
        Reason = body.Text("reason"),
        Amount = body.RequiredNumber("amount"),
        Currency = body.Required("currency"),
        Charge = body.RequiredId("charge"),
        PaymentIntent = body.Id("payment_intent"),
        IsChargeRefundable = body.Flag("is_charge_refundable") is true,
        EvidenceDueAt = body.Moment("evidence_details", "due_by"),
        HasEvidence = body.Flag("evidence_details", "has_evidence") is true,
        IsEvidencePastDue = body.Flag("evidence_details", "past_due") is true,
        CreatedAt = body.Moment("created"),
        Metadata = body.Metadata("metadata"),
    };
}
