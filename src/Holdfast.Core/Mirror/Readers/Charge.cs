using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>One attempt to move money, which worked or did not. Read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/charges/object</remarks>
public sealed record Charge
{
    public required string Id { get; init; }

    /// <summary><c>pending</c>, <c>succeeded</c> (authorised, though maybe not captured) or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>In the smallest unit of the currency, as are the other amounts.</summary>
    public required long Amount { get; init; }

    /// <remarks>
    /// Bodies from before 2020 do not tell. They count what was not captured as refunded, so captured − refunded holds.
    /// </remarks>
    public long AmountCaptured { get; init; }

    /// <summary>
    /// Compare it with the amount captured: <see cref="IsRefunded"/> tells nothing of a refund in part.
    /// </summary>
    public long AmountRefunded { get; init; }

    public required string Currency { get; init; }

    public string? Customer { get; init; }

    public string? PaymentIntent { get; init; }

    /// <summary>
    /// The invoice it pays. Null since 2025-03-31.basil: there the <see cref="InvoicePayment"/> of its payment intent
    /// tells.
    /// </summary>
    public string? Invoice { get; init; }

    public string? PaymentMethod { get; init; }

    /// <summary>Such as <c>card</c> or <c>sepa_debit</c>.</summary>
    public string? PaymentMethodType { get; init; }

    public string? CardBrand { get; init; }

    /// <summary>The card's last four digits, by which its owner knows it.</summary>
    public string? CardLast4 { get; init; }

    public string? BalanceTransaction { get; init; }

    public bool IsPaid { get; init; }

    public bool IsCaptured { get; init; }

    /// <summary>Refunded in full.</summary>
    public bool IsRefunded { get; init; }

    public bool IsDisputed { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public ChargeOutcome? Outcome { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id, status, amount or currency.</exception>
    public static Charge Read(JsonElement body)
    {
        var amount = body.RequiredNumber("amount");
        var isCaptured = body.Flag("captured") is true;
        return new()
        {
            Id = body.Required("id"),
            Status = body.Required("status"),
            Amount = amount,
            AmountCaptured = body.Number("amount_captured") ?? (isCaptured ? amount : 0),
            AmountRefunded = body.Number("amount_refunded") ?? 0,
            Currency = body.Required("currency"),
            Customer = body.Id("customer"),
            PaymentIntent = body.Id("payment_intent"),
            Invoice = body.Id("invoice"),
            PaymentMethod = body.Id("payment_method") ?? body.Id("source"),
            PaymentMethodType = body.Text("payment_method_details", "type"),
            CardBrand = body.Text("payment_method_details", "card", "brand"),
            CardLast4 = body.Text("payment_method_details", "card", "last4"),
            BalanceTransaction = body.Id("balance_transaction"),
            IsPaid = body.Flag("paid") is true,
            IsCaptured = isCaptured,
            IsRefunded = body.Flag("refunded") is true,
            // Bodies from before 2020 name the dispute and have no flag.
            IsDisputed = body.Flag("disputed") ?? body.Id("dispute") is not null,
            FailureCode = body.Text("failure_code"),
            FailureMessage = body.Text("failure_message"),
            Outcome = ChargeOutcome.Read(body.At("outcome")),
            Description = body.Text("description"),
            CreatedAt = body.Moment("created"),
            Metadata = body.Metadata("metadata"),
        };
    }
}

/// <summary>What the card network and Stripe's fraud check said of a charge.</summary>
/// <remarks>https://docs.stripe.com/declines</remarks>
public sealed record ChargeOutcome
{
    /// <summary>
    /// <c>authorized</c>, <c>manual_review</c>, <c>issuer_declined</c>, <c>blocked</c> or <c>invalid</c>.
    /// </summary>
    public string? Type { get; init; }

    public string? NetworkStatus { get; init; }

    public string? NetworkDeclineCode { get; init; }

    public string? AdviceCode { get; init; }

    public string? Reason { get; init; }

    public string? RiskLevel { get; init; }

    /// <summary>Stripe's sentence for the merchant; not meant for the payer.</summary>
    public string? SellerMessage { get; init; }

    internal static ChargeOutcome? Read(JsonElement? outcome) =>
        outcome is { ValueKind: JsonValueKind.Object } details
            ? new()
            {
                Type = details.Text("type"),
                NetworkStatus = details.Text("network_status"),
                NetworkDeclineCode = details.Text("network_decline_code"),
                AdviceCode = details.Text("advice_code"),
                Reason = details.Id("reason"),
                RiskLevel = details.Text("risk_level"),
                SellerMessage = details.Text("seller_message"),
            }
            : null;
}
