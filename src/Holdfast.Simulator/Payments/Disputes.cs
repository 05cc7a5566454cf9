using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Disputes: a bank takes the money back, or asks first. How they end is told in <see cref="DisputeRuling"/>.
/// https://docs.stripe.com/disputes
/// </summary>
internal static class Disputes
{
    private const long Fee = 1500;

    public static readonly ObjectType Type = new("dispute", "dp", """
        {
          "id": "", "object": "dispute", "amount": 0, "balance_transactions": [], "charge": "", "created": 0,
          "currency": "", "enhanced_eligibility_types": [],
          "evidence": {
            "access_activity_log": null, "billing_address": null, "cancellation_policy": null,
            "cancellation_policy_disclosure": null, "cancellation_rebuttal": null, "customer_communication": null,
            "customer_email_address": null, "customer_name": null, "customer_purchase_ip": null,
            "customer_signature": null, "duplicate_charge_documentation": null, "duplicate_charge_explanation": null,
            "duplicate_charge_id": null, "enhanced_evidence": {}, "product_description": null, "receipt": null,
            "refund_policy": null, "refund_policy_disclosure": null, "refund_refusal_explanation": null,
            "service_date": null, "service_documentation": null, "shipping_address": null, "shipping_carrier": null,
            "shipping_date": null, "shipping_documentation": null, "shipping_tracking_number": null,
            "uncategorized_file": null, "uncategorized_text": null
          },
          "evidence_details": {
            "due_by": null, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false, "submission_count": 0,
            "submission_method": "not_submitted"
          },
          "intended_submission_method": null, "is_charge_refundable": false, "livemode": false, "metadata": {},
          "network_reason_code": null, "payment_intent": null, "reason": "fraudulent",
          "status": "needs_response"
        }
        """);

    public static bool IsInquiry(StripeObject dispute) => dispute.Status is { } status
        && status.StartsWith("warning_", StringComparison.Ordinal);

    public static bool IsClosed(StripeObject dispute) => dispute.Status is "won" or "lost" or "warning_closed";

    /// <summary>What the card's number calls for, once its charge has succeeded.</summary>
    public static void OpenAfter(Operation operation, StripeObject charge, TestCard card)
    {
        for (var i = 0; i < (card.Dispute?.Count ?? 0); i++)
        {
            Open(operation, charge, card.Dispute!);
        }

        if (card.WarnsOfFraud)
        {
            FraudWarnings.Make(operation, charge);
        }
    }

    public static void Open(Operation operation, StripeObject charge, DisputeToCome what)
    {
        Charges.HasteBalance(operation, charge);
        var dispute = operation.Create(Type, new JsonObject
        {
            ["amount"] = charge.Number("amount") / what.Count,
            ["charge"] = charge.Id,
            ["currency"] = charge.Text("currency"),
            ["is_charge_refundable"] = what.IsInquiry,
            ["payment_intent"] = charge.Text("payment_intent"),
            ["reason"] = what.Reason,
            ["status"] = what.IsInquiry ? "warning_needs_response" : "needs_response",
        }, charge.Clock);
        if (charge.Text("payment_method_details.type") is "card")
        {
            operation.Update(dispute, body => body["payment_method_details"] = OfCard(charge, what));
        }

        DisputeRuling.WaitForAnswer(operation, dispute);
        operation.Update(charge, body => body["disputed"] = true);
        if (!what.IsInquiry)
        {
            Withdraw(operation, dispute, charge);
        }

        operation.Tell("charge.dispute.created", dispute);
        if (!what.IsInquiry)
        {
            operation.Tell("charge.dispute.funds_withdrawn", dispute);
        }
    }

    public static void Withdraw(Operation operation, StripeObject dispute, StripeObject charge)
    {
        var gone = BalanceTransactions.Of(operation, dispute, "adjustment", "dispute", -dispute.Number("amount"), Fee);
        operation.Update(dispute, body => body.Items("balance_transactions").Add(gone.Body.DeepClone()));
        operation.UpdateHidden(charge, hidden => hidden["charged_back"] = true);
    }

    public static StripeObject ChargeOf(Operation operation, StripeObject dispute) =>
        operation.World.Find(Charges.Type, dispute.Text("charge"))
        ?? throw new InvalidOperationException($"{dispute} has no charge.");

    /// <summary>Of the card that was charged; a dispute about a debit has no such details.</summary>
    private static JsonObject OfCard(StripeObject charge, DisputeToCome what) => new()
    {
        ["card"] = new JsonObject
        {
            ["brand"] = charge.Text("payment_method_details.card.brand"),
            ["case_type"] = what.IsInquiry ? "inquiry"
                : what.Reason is "noncompliant" ? "compliance" : "chargeback",
            ["network"] = charge.Text("payment_method_details.card.network"),
            ["network_reason_code"] = what.Reason is "product_not_received" ? "13.1" : "10.4",
        },
        ["type"] = "card",
    };
}
