using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What moved the account's money. https://docs.stripe.com/api/balance_transactions</summary>
internal static class BalanceTransactions
{
    private const long PendingSeconds = 2 * 24 * 60 * 60;
    private const decimal FeeShare = 0.029m;
    private const long FixedFee = 30;
    private const string Available = "balance_transaction.available";

    public static readonly ObjectType Type = new("balance_transaction", "txn", """
        {
          "id": "", "object": "balance_transaction", "amount": 0, "available_on": 0, "balance_type": "payments",
          "created": 0, "currency": "", "description": null, "exchange_rate": null, "fee": 0, "fee_details": [],
          "net": 0, "reporting_category": "", "source": null, "status": "pending", "type": ""
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.When(Available, (operation, transaction) =>
            operation.Update(transaction, body => body["status"] = "available"));
        catalog.Get("/v1/balance_transactions", call => new Answer.Many(
            call.List(Type, call.Fits("currency", "source", "type"))));
        catalog.Get("/v1/balance_transactions/{transaction}", call => Answer.Of(call.Named(Type, "transaction")));
    }

    /// <summary>Money that came in by a charge, less Stripe's fee (2.9 % and 30).</summary>
    public static StripeObject OfCharge(Operation operation, StripeObject charge, bool atOnce)
    {
        var amount = charge.Number("amount_captured");
        var fee = Math.Min(amount, (long)Math.Round((amount * FeeShare) + FixedFee, MidpointRounding.AwayFromZero));
        var type = charge.Id.StartsWith("py_", StringComparison.Ordinal) ? "payment" : "charge";
        return Make(operation, charge, type, "charge", amount, fee, "Stripe processing fees", atOnce);
    }

    /// <summary>Money that moved by something else than a charge, such as a refund.</summary>
    /// <param name="amount">Negative when it left the account.</param>
    public static StripeObject Of(
        Operation operation, StripeObject source, string type, string category, long amount, long fee = 0,
        string feeFor = "Dispute fee") =>
        Make(operation, source, type, category, amount, fee, feeFor, atOnce: false);

    private static StripeObject Make(
        Operation operation, StripeObject source, string type, string category, long amount, long fee, string feeFor,
        bool atOnce)
    {
        var now = operation.Now(source);
        var currency = source.Text("currency");
        var transaction = operation.Create(Type, new JsonObject
        {
            ["amount"] = amount,
            ["available_on"] = atOnce ? now : now + PendingSeconds,
            ["currency"] = currency,
            ["description"] = source.Text("description"),
            ["fee"] = fee,
            ["fee_details"] = fee is 0 ? [] : new JsonArray(new JsonObject
            {
                ["amount"] = fee,
                ["application"] = null,
                ["currency"] = currency,
                ["description"] = feeFor,
                ["type"] = "stripe_fee",
            }),
            ["net"] = amount - fee,
            ["reporting_category"] = category,
            ["source"] = source.Id,
            ["status"] = atOnce ? "available" : "pending",
            ["type"] = type,
        }, source.Clock);
        if (!atOnce)
        {
            operation.Plan(now + PendingSeconds, Available, transaction);
        }

        return transaction;
    }
}
