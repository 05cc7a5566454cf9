using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>Money on its way back to a payer, read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/refunds/object</remarks>
public sealed record Refund
{
    public required string Id { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>requires_action</c>, <c>succeeded</c>, <c>failed</c> or <c>canceled</c>; Stripe allows null.
    /// One that succeeded can still fail, days later.
    /// </summary>
    /// <remarks>https://docs.stripe.com/refunds#failed-refunds</remarks>
    public string? Status { get; init; }

    /// <summary>In the smallest unit of the currency.</summary>
    public required long Amount { get; init; }

    public required string Currency { get; init; }

    public string? Charge { get; init; }

    public string? PaymentIntent { get; init; }

    /// <summary>What the merchant gave as the reason, or <c>expired_uncaptured_charge</c> by Stripe.</summary>
    public string? Reason { get; init; }

    public string? FailureReason { get; init; }

    public string? PendingReason { get; init; }

    public string? BalanceTransaction { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id, amount or currency.</exception>
    public static Refund Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Status = body.Text("status"),
        Amount = body.RequiredNumber("amount"),
        Currency = body.Required("currency"),
        Charge = body.Id("charge"),
        PaymentIntent = body.Id("payment_intent"),
        Reason = body.Text("reason"),
        FailureReason = body.Text("failure_reason"),
        PendingReason = body.Text("pending_reason"),
        BalanceTransaction = body.Id("balance_transaction"),
        CreatedAt = body.Moment("created"),
        Metadata = body.Metadata("metadata"),
    };
}
