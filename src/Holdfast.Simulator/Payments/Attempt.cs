using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// One try to pay a payment intent: at once by card, after the customer proved who they are, or when the bank has answered.
/// Events come in the order of https://docs.stripe.com/payments/paymentintents/lifecycle.
/// </summary>
internal static class Attempt
{
    private const string HoldEnds = "payment_intent.hold_ends";
    private const string BankAnswers = "payment_intent.bank_answers";

    /// <summary>https://docs.stripe.com/payments/place-a-hold-on-a-payment-method</summary>
    private const long HoldSeconds = 7 * 24 * 60 * 60;

    public static void Map(Catalog catalog)
    {
        catalog.When(BankAnswers, HearBank);
        catalog.When(HoldEnds, (operation, intent) => PaymentIntents.Cancel(operation, intent, "automatic"));
    }

    public static void Begin(Operation operation, StripeObject intent, bool offSession)
    {
        var method = MethodOf(operation, intent);
        operation.Update(intent, body =>
        {
            body["last_payment_error"] = null;
            body["next_action"] = null;
        });
        operation.UpdateHidden(intent, hidden => hidden["off_session"] = offSession);
        if (TestDebit.Behind(method) is { } debit)
        {
            Submit(operation, intent, method, debit);
        }
        else
        {
            TryCard(operation, intent, method, offSession);
        }

        operation.World.Catalog.Settled(operation, intent);
    }

    /// <summary>The customer came back from 3-D Secure.</summary>
    public static void EndAuthentication(Operation operation, StripeObject intent, bool succeeded)
    {
        var method = MethodOf(operation, intent);
        operation.Update(intent, body => body["next_action"] = null);
        if (!succeeded)
        {
            Fail(operation, intent, method, null, new Decline(
                "payment_intent_authentication_failure", null,
                "The customer did not prove who they are. Try another payment method, or this one again.", null));
        }
        else if (intent.Text("confirmation_method") is "manual")
        {
            operation.UpdateHidden(intent, hidden => hidden["authenticated"] = true);
            operation.Update(intent, body => body["status"] = "requires_confirmation");
            return;
        }
        else
        {
            operation.UpdateHidden(intent, hidden => hidden["authenticated"] = true);
            ChargeCard(operation, intent, method);
        }

        operation.World.Catalog.Settled(operation, intent);
    }

    /// <summary>Takes the money that a hold has set aside; what is left of it goes back.</summary>
    public static void Capture(Operation operation, StripeObject intent, long amount)
    {
        operation.Unplan(HoldEnds, intent);
        var charge = Charge(operation, intent);
        Charges.Capture(operation, charge, amount, IsAsync(intent));
        Succeed(operation, intent, amount);
        operation.World.Catalog.Settled(operation, intent);
    }

    /// <summary>Gives up what a try still holds: money set aside, or a debit under way.</summary>
    public static void Release(Operation operation, StripeObject intent)
    {
        operation.Unplan(HoldEnds, intent);
        operation.Unplan(BankAnswers, intent);
        if (intent.Status is "requires_capture")
        {
            var charge = Charge(operation, intent);
            var runOut = operation.Cause == OperationCause.Time;
            operation.Update(charge, body =>
            {
                body["amount_refunded"] = charge.Number("amount");
                body["refunded"] = true;
            });
            operation.Tell(runOut ? "charge.expired" : "charge.refunded", charge);
        }
        else if (intent.Status is "processing")
        {
            var charge = Charge(operation, intent);
            operation.Update(charge, body => body["status"] = "failed");
            operation.Tell("charge.failed", charge);
        }
    }

    private static void TryCard(Operation operation, StripeObject intent, StripeObject method, bool offSession)
    {
        var card = TestCards.Behind(method) ?? throw new InvalidOperationException($"{method} is no card.");
        var wanted = intent.Text("payment_method_options.card.request_three_d_secure") is "any" or "challenge";
        if (intent.Hidden.Flag("authenticated")
            || !card.AsksForCustomer(offSession, method.Hidden.Flag("set_up"), wanted))
        {
            ChargeCard(operation, intent, method);
            return;
        }

        // Billing leaves the payment of an invoice open for the customer to confirm; any other fails without them.
        if (offSession && intent.Hidden.Text("invoice") is null)
        {
            Refuse(operation, intent, method, Decline.AuthenticationRequired);
            return;
        }

        operation.Update(intent, body =>
        {
            body["status"] = "requires_action";
            body["next_action"] = NextAction.For(operation, intent);
        });
        operation.Tell("payment_intent.requires_action", intent);
    }

    private static void ChargeCard(Operation operation, StripeObject intent, StripeObject method)
    {
        var card = TestCards.Behind(method) ?? throw new InvalidOperationException($"{method} is no card.");
        var decline = card.DeclinesByCvc && !method.Hidden.Flag("with_cvc") ? null : card.Decline;
        if (decline is not null)
        {
            Refuse(operation, intent, method, decline);
            return;
        }

        var held = intent.Text("capture_method") is "manual";
        var authenticated = intent.Hidden.Flag("authenticated");
        var charge = Charges.OfCard(operation, intent.Body, method, null, !held, authenticated);
        if (held)
        {
            operation.Tell("charge.succeeded", charge);
            Hold(operation, intent, charge);
        }
        else
        {
            Charges.SettleBalance(operation, charge, IsAsync(intent));
            operation.Update(intent, body => body["latest_charge"] = charge.Id);
            operation.Tell("charge.succeeded", charge);
            Succeed(operation, intent, intent.Number("amount"));
        }

        Keep(operation, intent, method);
        Disputes.OpenAfter(operation, charge, card);
    }

    private static void Refuse(Operation operation, StripeObject intent, StripeObject method, Decline decline)
    {
        var charge = Charges.OfCard(
            operation, intent.Body, method, decline, capture: true, intent.Hidden.Flag("authenticated"));
        operation.Tell("charge.failed", charge);
        Fail(operation, intent, method, charge, decline);
    }

    private static void Hold(Operation operation, StripeObject intent, StripeObject charge)
    {
        operation.Update(intent, body =>
        {
            body["status"] = "requires_capture";
            body["amount_capturable"] = intent.Number("amount");
            body["latest_charge"] = charge.Id;
        });
        operation.Tell("payment_intent.amount_capturable_updated", intent);
        operation.Plan(operation.Now(intent) + HoldSeconds, HoldEnds, intent);
    }

    private static void Succeed(Operation operation, StripeObject intent, long amount)
    {
        operation.Update(intent, body =>
        {
            body["status"] = "succeeded";
            body["amount_received"] = amount;
            body["amount_capturable"] = 0;
            body["processing"] = null;
        });
        operation.Tell("payment_intent.succeeded", intent);
    }

    private static void Fail(
        Operation operation, StripeObject intent, StripeObject method, StripeObject? charge, Decline decline)
    {
        operation.UpdateHidden(intent, hidden => hidden.Remove("authenticated"));
        operation.Update(intent, body =>
        {
            body["status"] = "requires_payment_method";
            body["payment_method"] = null;
            body["processing"] = null;
            body["last_payment_error"] = Refusals.ErrorOf(decline, charge, method);
            if (charge is not null)
            {
                body["latest_charge"] = charge.Id;
            }
        });
        operation.Tell("payment_intent.payment_failed", intent);
    }

    /// <summary>A method that was paid with is the customer's from now on when that was asked for; otherwise it is used up.</summary>
    private static void Keep(Operation operation, StripeObject intent, StripeObject method)
    {
        if (method.Text("customer") is not null)
        {
            if (intent.Text("setup_future_usage") is "off_session")
            {
                operation.UpdateHidden(method, hidden => hidden["set_up"] = true);
            }

            return;
        }

        if (intent.Text("setup_future_usage") is { } usage
            && operation.World.Find(Customers.Type, intent.Text("customer")) is { } customer)
        {
            PaymentMethods.Attach(operation, method, customer);
            operation.UpdateHidden(method, hidden => hidden["set_up"] = usage is "off_session");
        }
        else
        {
            operation.UpdateHidden(method, hidden => hidden["spent"] = true);
        }
    }

    private static void Submit(Operation operation, StripeObject intent, StripeObject method, TestDebit debit)
    {
        var charge = Charges.OfDebit(operation, intent.Body, method, debit);
        operation.Update(intent, body =>
        {
            body["status"] = "processing";
            body["latest_charge"] = charge.Id;
        });
        operation.Tell("charge.pending", charge);
        operation.Tell("payment_intent.processing", intent);
        Keep(operation, intent, method);
        if (!debit.NeverEnds)
        {
            operation.Plan(operation.Now(intent) + debit.Seconds, BankAnswers, intent);
        }
    }

    private static void HearBank(Operation operation, StripeObject intent)
    {
        var (charge, method) = (Charge(operation, intent), MethodOf(operation, intent));
        var debit = TestDebit.Behind(method) ?? throw new InvalidOperationException($"{method} is no debit.");
        if (debit.Failure is { } code)
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
            Fail(operation, intent, method, charge, decline);
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
            Succeed(operation, intent, intent.Number("amount"));
        }

        operation.World.Catalog.Settled(operation, intent);
        if (debit.IsDisputed)
        {
            Disputes.Open(operation, charge, new DisputeToCome("debit_not_authorized"));
        }
    }

    private static bool IsAsync(StripeObject intent) => intent.Text("capture_method") is "automatic_async";

    private static StripeObject Charge(Operation operation, StripeObject intent) =>
        operation.World.Find(Charges.Type, intent.Text("latest_charge"))
        ?? throw new InvalidOperationException($"{intent} has no charge.");

    private static StripeObject MethodOf(Operation operation, StripeObject intent) =>
        operation.World.Find(intent.Text("payment_method") ?? "")
        ?? throw new InvalidOperationException($"{intent} has no payment method.");
}
