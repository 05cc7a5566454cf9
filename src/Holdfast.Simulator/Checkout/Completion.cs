using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// A customer submits the page, and what comes of it: the session is complete when the payment or the setup went through,
/// or is under way at a bank. Since basil nothing of a subscription exists before that.
/// https://docs.stripe.com/payments/checkout/how-checkout-works
/// </summary>
internal static class Completion
{
    private const string SomeEmail = "customer@example.com";

    public static void RequireOpen(StripeObject session, string done)
    {
        if (session.Status is not "open")
        {
            throw ApiError.State(
                $"Only Checkout Sessions with the status open can be {done}. This one has the status {session.Status}.");
        }
    }

    /// <param name="email">What the customer typed; null for what is known of them.</param>
    public static void Submit(Call call, StripeObject session, string method, string? email)
    {
        RequireOpen(session, "completed");
        var operation = call.Operation;
        var paying = PaymentMethods.Resolve(operation, method);
        var type = paying.Text("type") ?? "card";
        if (!session.Body.Items("payment_method_types").Any(known => known!.GetValue<string>() == type))
        {
            throw ApiError.State($"A payment method of type {type} is not allowed in this session.",
                "payment_method_invalid_parameter", "payment_method");
        }

        operation.UpdateHidden(session, hidden =>
        {
            hidden["email"] = email ?? session.Text("customer_details.email")
                ?? paying.Text("billing_details.email") ?? SomeEmail;
            hidden["method"] = paying.Id;
        });
        var customer = CustomerOf(operation, session);
        if (session.Text("mode") is "setup")
        {
            SetUp(call, session, customer, paying);
        }
        else if (session.Number("amount_total") is 0)
        {
            Complete(operation, session, "no_payment_required");
        }
        else
        {
            Pay(call, session, customer, paying);
        }
    }

    /// <summary>What happens to a session when its intent ends an attempt.</summary>
    public static void Follow(Operation operation, StripeObject intent)
    {
        if (operation.World.Find(CheckoutSessions.Type, intent.Hidden.Text("session")) is not { } session)
        {
            return;
        }

        switch (session.Status, intent.Status)
        {
            case ("open", "succeeded"):
                Complete(operation, session, intent.Type == SetupIntents.Type ? "no_payment_required" : "paid");
                break;
            case ("open", "processing" or "requires_capture"):
                Complete(operation, session, "unpaid");
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

    private static void Pay(Call call, StripeObject session, StripeObject? customer, StripeObject method)
    {
        var operation = call.Operation;
        var intent = operation.World.Find(PaymentIntents.Type, session.Text("payment_intent"))
            ?? MakeIntent(operation, session, customer);
        operation.Update(intent, body => body["payment_method"] = method.Id);
        operation.UpdateHidden(intent, hidden => hidden["delayed"] = TestDebit.Behind(method) is not null);
        PaymentIntents.Confirm(operation, intent, offSession: false);
        if (intent.Body["last_payment_error"] is not null)
        {
            throw Refusals.Of(call, intent, "last_payment_error");
        }
    }

    private static StripeObject MakeIntent(Operation operation, StripeObject session, StripeObject? customer)
    {
        var data = session.Hidden.Child("data") ?? [];
        var more = data.Copy();
        more.Remove("metadata");
        more["payment_method_types"] = session.Body["payment_method_types"]?.DeepClone();
        var intent = PaymentIntents.Make(operation, new IntentTerms(session.Number("amount_total"), session.Text("currency")!)
        {
            CaptureMethod = data.Text("capture_method") ?? "automatic_async",
            Customer = customer,
            Description = data.Text("description"),
            Metadata = data.Child("metadata"),
            More = more,
            SetupFutureUsage = data.Text("setup_future_usage"),
        });
        operation.UpdateHidden(intent, hidden => hidden["session"] = session.Id);
        operation.Update(session, body => body["payment_intent"] = intent.Id);
        return intent;
    }

    private static void SetUp(Call call, StripeObject session, StripeObject? customer, StripeObject method)
    {
        var setup = call.World.Find(SetupIntents.Type, session.Text("setup_intent"))
            ?? throw new InvalidOperationException($"{session} has no setup intent.");
        call.Operation.Update(setup, body =>
        {
            body["customer"] = customer?.Id;
            body["payment_method"] = method.Id;
        });
        SetupIntents.Confirm(call.Operation, setup);
        if (setup.Body["last_setup_error"] is not null)
        {
            throw Refusals.Of(call, setup, "last_setup_error");
        }
    }

    private static void Complete(Operation operation, StripeObject session, string paymentStatus)
    {
        var method = operation.World.Find(session.Hidden.Text("method") ?? "");
        operation.Update(session, body =>
        {
            body["status"] = "complete";
            body["payment_status"] = paymentStatus;
            body["customer"] = session.Hidden.Text("customer") ?? session.Text("customer");
            body["customer_details"] = CustomerDetails.Filled(session.Hidden.Text("email") ?? SomeEmail, method);
            body["url"] = null;
        });
        operation.Tell("checkout.session.completed", session);
    }

    /// <summary>
    /// Who pays: the customer the session was made for, or a new one with the first submission. A guest of a one-time
    /// payment becomes no customer unless that is needed or was asked for.
    /// </summary>
    private static StripeObject? CustomerOf(Operation operation, StripeObject session)
    {
        if (operation.World.Find(Customers.Type, session.Hidden.Text("customer") ?? session.Text("customer")) is { } known)
        {
            return known;
        }

        if (session.Text("customer_creation") is not "always" && session.Hidden.At("data.setup_future_usage") is null)
        {
            return null;
        }

        var method = operation.World.Find(session.Hidden.Text("method") ?? "");
        var customer = Customers.Make(operation, session.Hidden.Text("email"), method?.Text("billing_details.name"));
        operation.UpdateHidden(session, hidden => hidden["customer"] = customer.Id);
        return customer;
    }
}
