using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/disputes/object</remarks>
internal sealed record Dispute : StripeObject
{
    private static readonly string[] EvidenceFields =
    [
        "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
        "cancellation_rebuttal", "customer_communication", "customer_signature", "duplicate_charge_documentation",
        "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
        "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
        "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
        "uncategorized_file",
    ];

    public required Charge Charge { get; init; }

    public string Status { get; init; } = "needs_response";

    public string Reason { get; init; } = "fraudulent";

    public bool HasEvidence { get; init; }

    /// <summary>The withdrawal, and the way back of the money where the dispute was won.</summary>
    public IReadOnlyList<string> BalanceTransactions { get; init; } = [];

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "dispute").With(new()
        {
            ["amount"] = Charge.Amount,
            ["balance_transaction"] = BalanceTransactions.Count is 0 ? null : BalanceTransactions[0],
            ["balance_transactions"] = new JsonArray([.. BalanceTransactions.Select(BalanceTransaction)]),
            ["charge"] = Charge.Id,
            ["currency"] = "usd",
            ["evidence"] = Evidence(),
            ["evidence_details"] = new JsonObject
            {
                ["due_by"] = (CreatedAt + TimeSpan.FromDays(9)).Unix(),
                ["has_evidence"] = HasEvidence,
                ["past_due"] = false,
                ["submission_count"] = HasEvidence ? 1 : 0,
            },
            ["is_charge_refundable"] = false,
            ["metadata"] = new JsonObject(),
            ["payment_intent"] = Charge.PaymentIntent,
            ["reason"] = Reason,
            ["status"] = Status,
        });
        return rendering.IsBasil
            ? body.With(new()
            {
                ["enhanced_eligibility_types"] = new JsonArray(),
                ["payment_method_details"] = new JsonObject
                {
                    ["card"] = new JsonObject
                    {
                        ["brand"] = "visa",
                        ["case_type"] = "chargeback",
                        ["network_reason_code"] = "10.4",
                    },
                    ["type"] = "card",
                },
            })
            : body;
    }

    private JsonObject Evidence()
    {
        JsonObject evidence = new(EvidenceFields.Select(field => KeyValuePair.Create<string, JsonNode?>(field, null)));
        return evidence.With(new()
        {
            ["customer_email_address"] = Charge.Customer.Email,
            ["customer_name"] = Charge.Customer.Name,
            ["customer_purchase_ip"] = "203.0.113.24",
            ["uncategorized_text"] = HasEvidence ? "The customer signed in and used the product every day." : null,
        });
    }

    private JsonNode BalanceTransaction(string id, int index)
    {
        var (amount, fee) = index is 0 ? (-Charge.Amount, 1500) : (Charge.Amount, 0);
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = "balance_transaction",
            ["amount"] = amount,
            ["available_on"] = (CreatedAt + TimeSpan.FromDays(2)).Unix(),
            ["created"] = CreatedAt.Unix(),
            ["currency"] = "usd",
            ["description"] = $"Chargeback of {Charge.Id}",
            ["exchange_rate"] = null,
            ["fee"] = fee,
            ["net"] = amount - fee,
            ["reporting_category"] = index is 0 ? "dispute" : "dispute_reversal",
            ["source"] = Id,
            ["status"] = "available",
            ["type"] = "adjustment",
        };
    }
}
