using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>Refunds. One that succeeded can still fail later. https://docs.stripe.com/api/refunds</summary>
internal static class Refunds
{
    private const string BankAnswers = "refund.answer";

    /// <summary>Until a bank answers a refund of the test cards for that. Stripe does not say how long it is.</summary>
    private const long AnswerSeconds = 60;

    public static readonly ObjectType Type = new("refund", "re", """
        {
          "id": "", "object": "refund", "amount": 0, "balance_transaction": null, "charge": null, "created": 0,
          "currency": "", "customer": null, "customer_account": null, "destination_details": null, "metadata": {},
          "payment_intent": null, "payment_method": null, "reason": null, "receipt_number": null,
          "source_transfer_reversal": null, "status": "succeeded", "transfer_reversal": null
        }
        """);

    public static void WhenDue(Catalog catalog) => catalog.When(BankAnswers, HearBank);

    /// <summary>Gives back an amount of a charge. Throws when there is not as much left to give back.</summary>
    /// <param name="amount">Null for all that is left.</param>
    public static StripeObject Make(
        Operation operation, StripeObject charge, long? amount, string? reason, JsonObject metadata)
    {
        var left = charge.Number("amount") - charge.Number("amount_refunded");
        Check(charge, amount, left);
        Charges.HasteBalance(operation, charge);
        var card = TestCards.WithNumber(charge.Hidden.Text("card") ?? "");
        var waits = card?.RefundsWait is true || charge.Hidden.Text("debit") is not null;
        var refund = operation.Create(Type, new JsonObject
        {
            ["amount"] = amount ?? left,
            ["charge"] = charge.Id,
            ["currency"] = charge.Text("currency"),
            ["customer"] = charge.Text("customer"),
            ["destination_details"] = Destination(charge),
            ["metadata"] = metadata,
            ["payment_intent"] = charge.Text("payment_intent"),
            ["payment_method"] = charge.Text("payment_method"),
            ["reason"] = reason,
            ["status"] = waits ? "pending" : "succeeded",
        }, charge.Clock);
        if (waits)
        {
            operation.Update(refund, body => body["pending_reason"] = "processing");
        }

        var moved = BalanceTransactions.Of(operation, refund, "refund", "refund", -refund.Number("amount"));
        operation.Update(refund, body => body["balance_transaction"] = moved.Id);
        operation.Tell("refund.created", refund);
        Count(operation, charge, refund.Number("amount"));
        operation.Tell("charge.refunded", charge);
        if (waits || card?.RefundsFail is true)
        {
            operation.Plan(operation.Now(refund) + AnswerSeconds, BankAnswers, refund);
        }

        if (charge.Body.Flag("refunded"))
        {
            DisputeRuling.SettleInquiry(operation, charge);
        }

        return refund;
    }

    private static void Check(StripeObject charge, long? amount, long left)
    {
        if (charge.Status is not "succeeded")
        {
            throw ApiError.State(
                $"Charge {charge.Id} did not succeed, so there is nothing to refund.", "charge_not_refundable");
        }

        if (charge.Body.Flag("refunded") || left is 0)
        {
            throw ApiError.State($"Charge {charge.Id} has already been refunded.", "charge_already_refunded");
        }

        if (charge.Hidden.Flag("charged_back"))
        {
            throw ApiError.State(
                $"Charge {charge.Id} has been charged back; it cannot be refunded.", "charge_disputed");
        }

        if (amount is <= 0)
        {
            throw ApiError.Invalid("amount", "Invalid positive integer", "parameter_invalid_integer");
        }

        if (amount > left)
        {
            throw ApiError.State(
                $"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param: "amount");
        }
    }

    private static void HearBank(Operation operation, StripeObject refund)
    {
        if (refund.Status is "pending")
        {
            operation.Update(refund, body =>
            {
                body["status"] = "succeeded";
                body.Remove("pending_reason");
            });
            TellUpdated(operation, refund);
            return;
        }

        var charge = operation.World.Find(Charges.Type, refund.Text("charge"))
            ?? throw new InvalidOperationException($"{refund} has no charge.");
        var back = BalanceTransactions.Of(
            operation, refund, "refund_failure", "refund_failure", refund.Number("amount"));
        operation.Update(refund, body =>
        {
            body["status"] = "failed";
            body["failure_balance_transaction"] = back.Id;
            body["failure_reason"] = "unknown";
        });
        Count(operation, charge, -refund.Number("amount"));
        TellUpdated(operation, refund);
        operation.Tell("refund.failed", refund);
    }

    /// <summary>Older integrations listen to the charge's event of the same happening.</summary>
    public static void TellUpdated(Operation operation, StripeObject refund)
    {
        operation.Tell("refund.updated", refund);
        operation.TellAlso("charge.refund.updated", "refund.updated", refund);
    }

    private static void Count(Operation operation, StripeObject charge, long amount) => operation.Update(charge, body =>
    {
        var refunded = charge.Number("amount_refunded") + amount;
        body["amount_refunded"] = refunded;
        body["refunded"] = refunded == charge.Number("amount");
    });

    private static JsonObject Destination(StripeObject charge)
    {
        var type = charge.Text("payment_method_details.type") ?? "card";
        return type is "card"
            ? new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["reference_status"] = "pending",
                    ["reference_type"] = "acquirer_reference_number",
                    ["type"] = "refund",
                },
                ["type"] = type,
            }
            : new JsonObject { [type] = new JsonObject(), ["type"] = type };
    }
}
