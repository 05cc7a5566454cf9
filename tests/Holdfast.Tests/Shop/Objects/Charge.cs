using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/charges/object</remarks>
internal sealed record Charge : StripeObject
{
    public required Customer Customer { get; init; }

    public required string PaymentIntent { get; init; }

    public string? Invoice { get; init; }

    public required PaymentMethod Method { get; init; }

    public required long Amount { get; init; }

    public string Status { get; init; } = "succeeded";

    public bool IsCaptured { get; init; } = true;

    public long Refunded { get; init; }

    public string? Dispute { get; init; }

    /// <summary>Comes a little later than the charge itself.</summary>
    public string? BalanceTransaction { get; init; }

    public Decline? Decline { get; init; }

    /// <summary>Nested in the charge until 2022-11-15.</summary>
    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    public override JsonObject Render(Rendering rendering)
    {
        var captured = IsCaptured && Status is "succeeded";
        var body = rendering.Begin(this, "charge").With(new()
        {
            ["amount"] = Amount,
            ["amount_captured"] = captured ? Amount : 0,
            ["amount_refunded"] = Refunded,
            ["application"] = null,
            ["application_fee"] = null,
            ["application_fee_amount"] = null,
            ["balance_transaction"] = BalanceTransaction,
            ["billing_details"] = new JsonObject
            {
                ["address"] = Parts.Address(Customer.City, Customer.Country),
                ["email"] = Customer.Email,
                ["name"] = Customer.Name,
                ["phone"] = Customer.Phone,
            },
            ["calculated_statement_descriptor"] = "THE SMALL SHOP",
            ["captured"] = captured,
            ["currency"] = "usd",
            ["customer"] = Customer.Id,
            ["description"] = Invoice is null ? null : "Subscription update",
            ["destination"] = null,
            ["dispute"] = Dispute,
            ["disputed"] = Dispute is not null,
            ["failure_balance_transaction"] = null,
            ["failure_code"] = Decline?.Code,
            ["failure_message"] = Decline?.Message,
            ["fraud_details"] = new JsonObject(),
            ["metadata"] = new JsonObject(),
            ["on_behalf_of"] = null,
            ["outcome"] = Outcome(rendering),
            ["paid"] = Status is "succeeded",
            ["payment_intent"] = PaymentIntent,
            ["payment_method"] = Method.Id,
            ["payment_method_details"] = Method.RenderDetails(rendering, Amount),
            ["receipt_email"] = null,
            ["receipt_number"] = null,
            ["receipt_url"] = Status is "succeeded" ? $"https://pay.stripe.com/receipts/payment/{Id}" : null,
            ["refunded"] = Refunded == Amount,
            ["review"] = null,
            ["shipping"] = null,
            ["source"] = null,
            ["source_transfer"] = null,
            ["statement_descriptor"] = null,
            ["statement_descriptor_suffix"] = null,
            ["status"] = Status,
            ["transfer_data"] = null,
            ["transfer_group"] = null,
        });
        if (!rendering.IsBasil)
        {
            body["invoice"] = Invoice;
        }

        return rendering.Shape is ApiVersionShape.Of2019
            ? body.With(new()
            {
                ["order"] = null,
                ["refunds"] = Parts.CountedList(
                    $"/v1/charges/{Id}/refunds",
                    Refunds.Select(refund => refund.Render(rendering))),
            })
            : body;
    }

    private JsonObject Outcome(Rendering rendering)
    {
        JsonObject outcome = new()
        {
            ["network_status"] = Decline is null ? "approved_by_network" : "declined_by_network",
            ["reason"] = Decline?.DeclineCode,
            ["risk_level"] = "normal",
            ["risk_score"] = 17,
            ["seller_message"] = Decline is null ? "Payment complete." : "The bank did not return any further details.",
            ["type"] = Decline is null ? "authorized" : "issuer_declined",
        };
        return rendering.IsBasil
            ? outcome.With(new()
            {
                ["advice_code"] = Decline is null ? null : "try_again_later",
                ["network_advice_code"] = null,
                ["network_decline_code"] = Decline is null ? null : "51",
            })
            : outcome;
    }
}

/// <summary>Why a payment was turned down, in Stripe's codes.</summary>
/// <remarks>https://docs.stripe.com/declines/codes</remarks>
internal sealed record Decline(string Code, string DeclineCode, string Message)
{
    public static Decline InsufficientFunds { get; } =
        new("card_declined", "insufficient_funds", "Your card has insufficient funds.");

    public static Decline Generic { get; } = new("card_declined", "generic_decline", "Your card was declined.");

    public static Decline NotAuthenticated { get; } = new(
        "payment_intent_authentication_failure",
        "authentication_required",
        "The provided PaymentMethod has failed authentication.");
}
