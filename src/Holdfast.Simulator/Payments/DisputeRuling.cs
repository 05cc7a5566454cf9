using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// How a dispute ends: by the evidence, by time, by a refund or because the seller gives in.
/// https://docs.stripe.com/disputes/how-disputes-work
/// </summary>
internal static class DisputeRuling
{
    private const string Overdue = "dispute.overdue";
    private const string Decided = "dispute.decided";
    private const long AnswerSeconds = 9 * 24 * 60 * 60;
    private const long DecisionSeconds = 5;

    public static void Map(Catalog catalog)
    {
        catalog.When(Overdue, (operation, dispute) =>
        {
            operation.Update(dispute, body => body["evidence_details"]!["past_due"] = true);
            Close(operation, dispute, Disputes.IsInquiry(dispute) ? "warning_closed" : "lost");
        });
        catalog.When(Decided, Decide);
    }

    /// <summary>From now on the seller has some days to send evidence.</summary>
    public static void WaitForAnswer(Operation operation, StripeObject dispute)
    {
        var due = operation.Now(dispute) + AnswerSeconds;
        operation.Update(dispute, body => body["evidence_details"]!["due_by"] = due);
        operation.Plan(due, Overdue, dispute);
    }

    /// <summary>The evidence goes to the bank; Stripe's control words say what it will decide.</summary>
    public static void Submit(Operation operation, StripeObject dispute)
    {
        operation.Unplan(Overdue, dispute);
        operation.Update(dispute, body =>
        {
            body["status"] = Disputes.IsInquiry(dispute) ? "warning_under_review" : "under_review";
            body["evidence_details"]!["submission_count"] = dispute.Number("evidence_details.submission_count") + 1;
            body["evidence_details"]!["submission_method"] = "manual";
        });
        operation.Unplan(Decided, dispute);
        if (dispute.Text("evidence.uncategorized_text")
            is "winning_evidence" or "losing_evidence" or "escalate_inquiry_evidence")
        {
            operation.Plan(operation.Now(dispute) + DecisionSeconds, Decided, dispute);
        }
    }

    public static void Close(Operation operation, StripeObject dispute, string status)
    {
        operation.Unplan(Overdue, dispute);
        operation.Unplan(Decided, dispute);
        operation.Update(dispute, body => body["status"] = status);
        if (status is "won")
        {
            var back = BalanceTransactions.Of(
                operation, dispute, "adjustment", "dispute_reversal", dispute.Number("amount"));
            operation.Update(dispute, body => body.Items("balance_transactions").Add(back.Body.DeepClone()));
            operation.UpdateHidden(Disputes.ChargeOf(operation, dispute), hidden => hidden["charged_back"] = false);
        }

        operation.Tell("charge.dispute.closed", dispute);
        if (status is "won")
        {
            operation.Tell("charge.dispute.funds_reinstated", dispute);
        }
    }

    /// <summary>A question is settled when the customer has all of the money back.</summary>
    public static void SettleInquiry(Operation operation, StripeObject charge)
    {
        foreach (var dispute in operation.World.All(Disputes.Type))
        {
            if (dispute.Text("charge") == charge.Id && Disputes.IsInquiry(dispute) && !Disputes.IsClosed(dispute))
            {
                Close(operation, dispute, "warning_closed");
            }
        }
    }

    private static void Decide(Operation operation, StripeObject dispute)
    {
        switch (dispute.Text("evidence.uncategorized_text"))
        {
            case "escalate_inquiry_evidence" when Disputes.IsInquiry(dispute):
                operation.Update(dispute, body =>
                {
                    body["status"] = "needs_response";
                    body["is_charge_refundable"] = false;
                });
                Disputes.Withdraw(operation, dispute, Disputes.ChargeOf(operation, dispute));
                WaitForAnswer(operation, dispute);
                operation.Tell("charge.dispute.updated", dispute);
                operation.Tell("charge.dispute.funds_withdrawn", dispute);
                break;
            case "winning_evidence":
                Close(operation, dispute, Disputes.IsInquiry(dispute) ? "warning_closed" : "won");
                break;
            default:
                Close(operation, dispute, Disputes.IsInquiry(dispute) ? "warning_closed" : "lost");
                break;
        }
    }
}
