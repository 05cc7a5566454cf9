using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>How a try ends: the money came, or it did not; and whether the payment method can be used again.</summary>
internal static class AttemptEnd
{
    public static void Succeed(Operation operation, StripeObject intent, long amount)
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

    /// <param name="charge">Null when it never came to one.</param>
    public static void Fail(
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

    /// <summary>
    /// A method that was paid with is the customer's from now on when that was asked for; otherwise it is used up.
    /// </summary>
    public static void Keep(Operation operation, StripeObject intent, StripeObject method)
    {
        var usage = intent.Text("setup_future_usage");
        if (method.Text("customer") is null && usage is not null
            && operation.World.Find(Customers.Type, intent.Text("customer")) is { } customer)
        {
            PaymentMethods.Attach(operation, method, customer);
        }

        if (method.Text("customer") is null)
        {
            operation.UpdateHidden(method, hidden => hidden["spent"] = true);
        }
        else if (usage is "off_session")
        {
            operation.UpdateHidden(method, hidden => hidden["set_up"] = true);
        }
    }
}
