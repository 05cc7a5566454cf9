using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// What comes of a submitted page: the session is complete when the payment or the setup went through, or is under way
/// at a bank. https://docs.stripe.com/checkout/fulfillment
/// </summary>
internal static class Completion
{
    /// <summary>What happens to a session when its intent ends an attempt.</summary>
    public static void Follow(Operation operation, StripeObject intent)
    {
        if (operation.World.Find(CheckoutSessions.Type, intent.Hidden.Text("session")) is not { } session)
        {
            return;
        }

        var isSetup = intent.Type == SetupIntents.Type;
        switch (session.Status, intent.Status)
        {
            case ("open", "succeeded"):
                Complete(operation, session, isSetup ? "no_payment_required" : "paid", isSetup ? null : intent);
                break;
            case ("open", "processing" or "requires_capture"):
                Complete(operation, session, "unpaid", intent);
                break;
            case ("complete", "succeeded") when session.Text("payment_status") is "unpaid":
                operation.Update(session, body => body["payment_status"] = "paid");
                if (intent.Hidden.Flag("delayed"))
                {
                    operation.Tell("checkout.session.async_payment_succeeded", session);
                }

                break;
            case ("complete", "requires_payment_method") when session.Text("payment_status") is "unpaid":
                operation.Tell("checkout.session.async_payment_failed", session);
                break;
        }
    }

    /// <param name="paidBy">The payment, done or under way; null when nothing was due.</param>
    public static void Complete(Operation operation, StripeObject session, string paymentStatus, StripeObject? paidBy)
    {
        var place = operation.Place;
        var customer = operation.World.Find(
            Customers.Type, session.Hidden.Text("customer") ?? session.Text("customer"));
        var method = operation.World.Find(session.Hidden.Text("method") ?? "");
        operation.Update(session, body =>
        {
            body["status"] = "complete";
            body["payment_status"] = paymentStatus;
            body["customer"] = customer?.Id;
            body["customer_details"] = CustomerDetails.Filled(session.Hidden.Text("email") ?? "", method);
            body["url"] = null;
        });
        if (session.Text("mode") is "subscription" && customer is not null)
        {
            var subscription = NewSubscription.Start(operation, session, customer, method, paidBy);
            operation.Update(session, body =>
            {
                body["invoice"] = subscription.Text("latest_invoice");
                body["payment_intent"] = null;
                body["subscription"] = subscription.Id;
            });
        }
        else
        {
            SessionDiscounts.Redeem(operation, session, customer);
        }

        // It names what was made for it, and yet is told before: so it was seen in the wild.
        operation.TellAt(place, "checkout.session.completed", session);
    }
}
