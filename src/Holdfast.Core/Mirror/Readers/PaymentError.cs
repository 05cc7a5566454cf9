using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>Why the last attempt to pay, or to save a payment method, failed.</summary>
/// <remarks>https://docs.stripe.com/error-codes and https://docs.stripe.com/declines/codes</remarks>
public sealed record PaymentError
{
    public string? Type { get; init; }

    public string? Code { get; init; }

    /// <summary>The card issuer's reason, such as <c>insufficient_funds</c>; null for other errors.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>What the card network advises, such as <c>try_again_later</c>.</summary>
    public string? AdviceCode { get; init; }

    /// <summary>Stripe's sentence; written for the payer when <see cref="Type"/> is <c>card_error</c>.</summary>
    public string? Message { get; init; }

    public string? PaymentMethod { get; init; }

    internal static PaymentError? Read(JsonElement? error) =>
        error is { ValueKind: JsonValueKind.Object } details
            ? new()
            {
                Type = details.Text("type"),
                Code = details.Text("code"),
                DeclineCode = details.Text("decline_code"),
                AdviceCode = details.Text("advice_code"),
                Message = details.Text("message"),
                PaymentMethod = details.Id("payment_method") ?? details.Id("source"),
            }
            : null;
}
