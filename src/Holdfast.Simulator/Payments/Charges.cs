using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>Charges: each try to take money. https://docs.stripe.com/api/charges</summary>
internal static class Charges
{
    /// <summary>Of the version that stopped showing the list of refunds unasked.</summary>
    public static readonly ApiVersion WithoutRefunds = ApiVersion.Of("2022-11-15");

    private const string Settle = "charge.settle";

    /// <summary>Observed: the balance transaction comes two seconds after an automatic_async charge.</summary>
    private const long SettleSeconds = 2;

    public static readonly ObjectType Type = new("charge", "ch", """
        {
          "id": "", "object": "charge", "amount": 0, "amount_captured": 0, "amount_refunded": 0, "application": null,
          "application_fee": null, "application_fee_amount": null, "balance_transaction": null, "billing_details": {},
          "calculated_statement_descriptor": "HOLDFAST SIMULATOR", "captured": true, "created": 0, "currency": "",
          "customer": null, "description": null, "disputed": false, "failure_balance_transaction": null,
          "failure_code": null, "failure_message": null, "fraud_details": {}, "livemode": false, "metadata": {},
          "on_behalf_of": null, "outcome": null, "paid": true, "payment_intent": null, "payment_method": null,
          "payment_method_details": null, "radar_options": {}, "receipt_email": null, "receipt_number": null,
          "receipt_url": null, "refunded": false, "review": null, "shipping": null, "source": null,
          "source_transfer": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
          "status": "succeeded", "transfer_data": null, "transfer_group": null
        }
        """)
    {
        Includable = new Dictionary<string, Func<World, JsonObject, JsonNode?>> { ["refunds"] = RefundsOf },
        Shapes =
        [
            new(ApiVersion.Basil, (world, body) =>
                body["invoice"] = world.Find(PaymentIntents.Type, body.Text("payment_intent"))?.Hidden.Text("invoice")),
            new(WithoutRefunds, (world, body) => body["refunds"] = RefundsOf(world, body)),
        ],
    };

    public static void WhenDue(Catalog catalog) => catalog.When(Settle, (operation, charge) =>
    {
        WriteBalance(operation, charge);
        operation.Tell("charge.updated", charge);
    });

    /// <summary>One try with a card: it succeeds, or is declined.</summary>
    /// <param name="terms">What it is for, out of an intent or a request: amount, currency, customer and so on.</param>
    public static StripeObject OfCard(
        Operation operation, JsonObject terms, StripeObject method, Decline? decline, bool capture, bool authenticated)
    {
        var card = TestCards.Behind(method) ?? throw new InvalidOperationException($"{method} is no card.");
        var amount = terms.Number("amount") ?? 0;
        var fields = Fields(terms, method);
        fields["payment_method_details"] = new JsonObject
        {
            ["card"] = CardDetails.OfCharge(card, method, amount, authenticated),
            ["type"] = "card",
        };
        fields["outcome"] = Outcomes.Of(card, decline);
        fields["captured"] = capture && decline is null;
        fields["amount_captured"] = capture && decline is null ? amount : 0;
        if (decline is not null)
        {
            fields["failure_code"] = decline.Code;
            fields["failure_message"] = decline.Message;
            fields["paid"] = false;
            fields["status"] = "failed";
        }

        return Make(operation, fields, ClockOf(operation, terms));
    }

    /// <summary>A debit that the bank has still to answer.</summary>
    public static StripeObject OfDebit(Operation operation, JsonObject terms, StripeObject method, TestDebit debit)
    {
        var fields = Fields(terms, method);
        fields["id"] = operation.World.Ids.Next("py");
        fields["payment_method_details"] = new JsonObject { [debit.Type] = debit.OfCharge(), ["type"] = debit.Type };
        fields["outcome"] = Outcomes.OfDebit();
        fields["amount_captured"] = terms.Number("amount");
        fields["paid"] = false;
        fields["status"] = "pending";
        return Make(operation, fields, ClockOf(operation, terms));
    }

    /// <summary>Takes what was set aside, or a part of it; the rest counts as refunded.</summary>
    public static void Capture(Operation operation, StripeObject charge, long amount, bool later)
    {
        operation.Update(charge, body =>
        {
            body["captured"] = true;
            body["amount_captured"] = amount;
            body["amount_refunded"] = charge.Number("amount") - amount;
        });
        SettleBalance(operation, charge, later);
        operation.Tell("charge.captured", charge);
    }

    /// <summary>Writes what the money did to the balance: now, or two seconds later by an event of its own.</summary>
    public static void SettleBalance(Operation operation, StripeObject charge, bool later)
    {
        if (later)
        {
            operation.Plan(operation.Now(charge) + SettleSeconds, Settle, charge);
        }
        else
        {
            WriteBalance(operation, charge);
        }
    }

    /// <summary>Writes it though it was to come later: a refund or a dispute needs it.</summary>
    public static void HasteBalance(Operation operation, StripeObject charge)
    {
        if (charge.Text("balance_transaction") is null && charge.Body.Flag("captured"))
        {
            operation.Unplan(Settle, charge);
            WriteBalance(operation, charge);
        }
    }

    private static void WriteBalance(Operation operation, StripeObject charge)
    {
        var atOnce = TestCards.WithNumber(charge.Hidden.Text("card") ?? "")?.BypassesPending is true;
        var transaction = BalanceTransactions.OfCharge(operation, charge, atOnce);
        operation.Update(charge, body => body["balance_transaction"] = transaction.Id);
    }

    private static StripeObject Make(Operation operation, JsonObject fields, string? clock)
    {
        var charge = operation.Create(Type, fields, clock);
        operation.Update(charge, body =>
            body["receipt_url"] = $"https://pay.stripe.com/receipts/payment/{charge.Id}");
        var method = operation.World.Find(charge.Text("payment_method") ?? "");
        operation.UpdateHidden(charge, hidden =>
        {
            hidden["card"] = method?.Hidden.Text("card");
            hidden["debit"] = method?.Hidden.Text("debit");
        });
        return charge;
    }

    private static JsonObject Fields(JsonObject terms, StripeObject method)
    {
        var fields = new JsonObject
        {
            ["billing_details"] = method.Body.Child("billing_details")?.Copy() ?? new JsonObject
            {
                ["address"] = null,
                ["email"] = null,
                ["name"] = null,
                ["phone"] = null,
                ["tax_id"] = null,
            },
            ["payment_method"] = method.Id,
            ["source"] = method.Type == CardSources.Type ? method.Body.Copy() : null,
        };
        foreach (var name in (ReadOnlySpan<string>)
            ["amount", "currency", "customer", "description", "metadata", "receipt_email", "shipping",
             "statement_descriptor", "statement_descriptor_suffix", "transfer_group"])
        {
            if (terms.TryGetPropertyValue(name, out var value))
            {
                fields[name] = value?.DeepClone();
            }
        }

        if (terms.Text("object") is "payment_intent")
        {
            fields["payment_intent"] = terms.Text("id");
        }

        return fields;
    }

    private static string? ClockOf(Operation operation, JsonObject terms) =>
        operation.World.Find(Customers.Type, terms.Text("customer"))?.Clock;

    private static JsonObject RefundsOf(World world, JsonObject charge) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. world.All(Refunds.Type).Where(refund => refund.Text("charge") == charge.Text("id"))
            .Reverse().Select(refund => refund.Body.DeepClone())]),
        ["has_more"] = false,
        ["url"] = $"/v1/charges/{charge.Text("id")}/refunds",
    };
}
