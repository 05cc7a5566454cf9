using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/refunds/object</remarks>
internal sealed record Refund : StripeObject
{
    public required string Charge { get; init; }

    public required string PaymentIntent { get; init; }

    public required long Amount { get; init; }

    public required string BalanceTransaction { get; init; }

    /// <summary>One that succeeded can still become <c>failed</c>.</summary>
    public string Status { get; init; } = "succeeded";

    public string? FailureReason { get; init; }

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "refund").With(new()
        {
            ["amount"] = Amount,
            ["balance_transaction"] = BalanceTransaction,
            ["charge"] = Charge,
            ["currency"] = "usd",
            ["metadata"] = new JsonObject(),
            ["payment_intent"] = PaymentIntent,
            ["reason"] = "requested_by_customer",
            ["receipt_number"] = null,
            ["source_transfer_reversal"] = null,
            ["status"] = Status,
            ["transfer_reversal"] = null,
        });
        // Of all these objects only the refund does not say which mode it is of.
        body.Remove("livemode");
        if (FailureReason is not null)
        {
            body["failure_balance_transaction"] = BalanceTransaction + "F";
            body["failure_reason"] = FailureReason;
        }

        if (rendering.Shape > ApiVersionShape.Of2019)
        {
            body["destination_details"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["reference_status"] = "pending",
                    ["reference_type"] = "acquirer_reference_number",
                    ["type"] = "refund",
                },
                ["type"] = "card",
            };
        }

        return body;
    }
}
