using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// One try to pay a payment intent: at once by card, after the customer proved who they are, or when the bank has
/// answered. Events come in the order of https://docs.stripe.com/payments/paymentintents/lifecycle.
/// </summary>
internal static class Attempt
{
    public static void Map(Catalog catalog)
    {
        DebitAttempt.Map(catalog);
        Hold.Map(catalog);
    }

    /// <param name="refusesAction">Fail rather than wait for the customer.</param>
    public static void Begin(Operation operation, StripeObject intent, bool offSession, bool refusesAction = false)
    {
        var method = MethodOf(operation, intent);
        operation.Update(intent, body =>
        {
            body["last_payment_error"] = null;
            body["next_action"] = null;
        });
        if (TestDebit.Behind(method) is { } debit)
        {
            DebitAttempt.Submit(operation, intent, method, debit);
        }
        else
        {
            TryCard(operation, intent, method, offSession, refusesAction);
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
            AttemptEnd.Fail(operation, intent, method, null, new Decline(
                "payment_intent_authentication_failure", null,
                "The customer did not prove who they are. Try another payment method, or this one again.", null));
        }
        else
        {
            operation.UpdateHidden(intent, hidden => hidden["authenticated"] = true);
            if (intent.Text("confirmation_method") is "manual")
            {
                operation.Update(intent, body => body["status"] = "requires_confirmation");
                return;
            }

            ChargeCard(operation, intent, method);
        }

        operation.World.Catalog.Settled(operation, intent);
    }

    public static StripeObject ChargeOf(Operation operation, StripeObject intent) =>
        operation.World.Find(Charges.Type, intent.Text("latest_charge"))
        ?? throw new InvalidOperationException($"{intent} has no charge.");

    public static StripeObject MethodOf(Operation operation, StripeObject intent) =>
        operation.World.Find(intent.Text("payment_method") ?? "")
        ?? throw new InvalidOperationException($"{intent} has no payment method.");

    public static bool SettlesLater(StripeObject intent) => intent.Text("capture_method") is "automatic_async";

    private static void TryCard(
        Operation operation, StripeObject intent, StripeObject method, bool offSession, bool refusesAction)
    {
        var card = CardOf(method);
        var wanted = intent.Text("payment_method_options.card.request_three_d_secure") is "any" or "challenge";
        if (wanted && card.Authentication is Authentication.Broken)
        {
            Refuse(operation, intent, method, Decline.AuthenticationBroke);
            return;
        }

        if (intent.Hidden.Flag("authenticated")
            || !card.AsksForCustomer(offSession, method.Hidden.Flag("set_up"), wanted))
        {
            ChargeCard(operation, intent, method);
            return;
        }

        // Billing leaves the payment of an invoice open for the customer to confirm; any other fails without them.
        if (refusesAction || (offSession && intent.Hidden.Text("invoice") is null))
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
        var card = CardOf(method);
        if (card.DeclineOf(method) is { } decline)
        {
            Refuse(operation, intent, method, decline);
            return;
        }

        var held = intent.Text("capture_method") is "manual";
        var charge = Charges.OfCard(
            operation, intent.Body, method, null, !held, authenticated: intent.Hidden.Flag("authenticated"));
        if (held)
        {
            operation.Tell("charge.succeeded", charge);
            Hold.Begin(operation, intent, charge);
        }
        else
        {
            Charges.SettleBalance(operation, charge, SettlesLater(intent));
            operation.Update(intent, body => body["latest_charge"] = charge.Id);
            operation.Tell("charge.succeeded", charge);
            AttemptEnd.Succeed(operation, intent, intent.Number("amount"));
        }

        AttemptEnd.Keep(operation, intent, method);
        Disputes.OpenAfter(operation, charge, card);
    }

    private static void Refuse(Operation operation, StripeObject intent, StripeObject method, Decline decline)
    {
        var charge = Charges.OfCard(
            operation, intent.Body, method, decline, capture: true, authenticated: intent.Hidden.Flag("authenticated"));
        operation.Tell("charge.failed", charge);
        AttemptEnd.Fail(operation, intent, method, charge, decline);
    }

    private static TestCard CardOf(StripeObject method) =>
        TestCards.Behind(method) ?? throw new InvalidOperationException($"{method} is no card.");
}
