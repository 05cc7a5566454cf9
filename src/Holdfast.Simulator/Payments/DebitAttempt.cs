using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>A try by bank debit: the intent is in process until the bank answers, seconds or minutes later.</summary>
internal static class DebitAttempt
{
    private const string BankAnswers = "payment_intent.bank_answers";

    public static void Map(Catalog catalog) => catalog.When(BankAnswers, HearBank);

    public static void Submit(Operation operation, StripeObject intent, StripeObject method, TestDebit debit)
    {
        var charge = Charges.OfDebit(operation, intent.Body, method, debit);
        operation.Update(intent, body =>
        {
            body["status"] = "processing";
            body["latest_charge"] = charge.Id;
        });
        operation.Tell("charge.pending", charge);
        operation.Tell("payment_intent.processing", intent);
        AttemptEnd.Keep(operation, intent, method);
        if (!debit.NeverEnds)
        {
            operation.Plan(operation.Now(intent) + debit.Seconds, BankAnswers, intent);
        }
    }

    /// <summary>Gives up a debit under way, as the intent is canceled.</summary>
    public static void Withdraw(Operation operation, StripeObject intent)
    {
        operation.Unplan(BankAnswers, intent);
        if (intent.Status is "processing")
        {
            var charge = Attempt.ChargeOf(operation, intent);
            operation.Update(charge, body => body["status"] = "failed");
            operation.Tell("charge.failed", charge);
        }
    }

    private static void HearBank(Operation operation, StripeObject intent)
    {
        var (charge, method) = (Attempt.ChargeOf(operation, intent), Attempt.MethodOf(operation, intent));
        var debit = TestDebit.Behind(method) ?? throw new InvalidOperationException($"{method} is no debit.");
        if (debit.Failure is { } code)
        {
            Refuse(operation, intent, method, charge, code);
        }
        else
        {
            operation.Update(charge, body =>
            {
                body["status"] = "succeeded";
                body["paid"] = true;
            });
            Charges.SettleBalance(operation, charge, later: false);
            operation.Tell("charge.succeeded", charge);
            AttemptEnd.Succeed(operation, intent, intent.Number("amount"));
        }

        operation.World.Catalog.Settled(operation, intent);
        if (debit.IsDisputed)
        {
            Disputes.Open(operation, charge, new DisputeToCome("debit_not_authorized"));
        }
    }

    private static void Refuse(
        Operation operation, StripeObject intent, StripeObject method, StripeObject charge, string code)
    {
        var decline = new Decline(code, null, "The bank did not pay this debit.", null) { IsByBank = true };
        operation.Update(charge, body =>
        {
            body["status"] = "failed";
            body["amount_captured"] = 0;
            body["failure_code"] = decline.Code;
            body["failure_message"] = decline.Message;
        });
        operation.Tell("charge.failed", charge);
        AttemptEnd.Fail(operation, intent, method, charge, decline);
    }
}
