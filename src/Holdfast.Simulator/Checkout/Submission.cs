using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// A customer submits the page of a session: they pay, or leave a payment method. A decline leaves the session open for
/// another try. What follows is told in <see cref="Completion"/>.
/// </summary>
internal static class Submission
{
    private const string SomeEmail = "customer@example.com";

    public static void RequireOpen(StripeObject session, string done)
    {
        if (session.Status is not "open")
        {
            throw ApiError.State(
                $"Only Checkout Sessions with the status open can be {done}. This one's status is {session.Status}.");
        }
    }

    /// <param name="method">Null where none is needed.</param>
    /// <param name="email">What the customer typed; null for what is known of them.</param>
    public static void Take(Call call, StripeObject session, string? method, string? email)
    {
        RequireOpen(session, "completed");
        var operation = call.Operation;
        var paying = method is null ? null : PaymentMethods.Resolve(operation, method);
        RefuseType(session, paying);
        operation.UpdateHidden(session, hidden =>
        {
            hidden["email"] = email ?? session.Text("customer_details.email")
                ?? paying?.Text("billing_details.email") ?? SomeEmail;
            hidden["method"] = paying?.Id;
        });
        var customer = CustomerOf(operation, session);
        var due = session.Text("mode") is "subscription"
            ? NewSubscription.DueToday(operation, session, customer!) : session.Number("amount_total");
        if (due is 0 && (paying is null || session.Text("mode") is "payment"))
        {
            Completion.Complete(operation, session, "no_payment_required", null);
            return;
        }

        if (paying is null)
        {
            throw ApiError.Missing("payment_method");
        }

        if (due is 0)
        {
            SetUp(call, session, customer, paying);
        }
        else
        {
            Pay(call, session, customer, paying, due);
        }
    }

    private static void RefuseType(StripeObject session, StripeObject? method)
    {
        var type = method?.Text("type") ?? "card";
        if (!session.Body.Items("payment_method_types").Any(known => known!.GetValue<string>() == type))
        {
            throw ApiError.State($"A payment method of type {type} is not allowed in this session.",
                "payment_method_invalid_parameter", "payment_method");
        }
    }

    private static void Pay(Call call, StripeObject session, StripeObject? customer, StripeObject method, long due)
    {
        var operation = call.Operation;
        var intent = operation.World.Find(PaymentIntents.Type, session.Hidden.Text("intent"))
            ?? MakeIntent(operation, session, customer, due);
        operation.Update(intent, body =>
        {
            body["amount"] = due;
            body["payment_method"] = method.Id;
        });
        operation.UpdateHidden(intent, hidden => hidden["delayed"] = TestDebit.Behind(method) is not null);
        PaymentIntents.Confirm(operation, intent, offSession: false);
        if (intent.Body["last_payment_error"] is not null)
        {
            throw Refusals.Of(call, intent, "last_payment_error");
        }
    }

    private static StripeObject MakeIntent(Operation operation, StripeObject session, StripeObject? customer, long due)
    {
        var sells = session.Text("mode") is "subscription";
        var data = sells ? [] : session.Hidden.Child("data") ?? [];
        var more = data.Copy();
        more.Remove("metadata");
        more["payment_method_types"] = session.Body["payment_method_types"]?.DeepClone();
        var intent = PaymentIntents.Make(operation, new IntentTerms(due, session.Text("currency")!)
        {
            CaptureMethod = data.Text("capture_method") ?? "automatic_async",
            Customer = customer,
            Description = sells ? "Subscription creation" : data.Text("description"),
            Metadata = data.Child("metadata"),
            More = more,
            SetupFutureUsage = sells ? "off_session" : data.Text("setup_future_usage"),
        });
        operation.UpdateHidden(intent, hidden => hidden["session"] = session.Id);
        operation.UpdateHidden(session, hidden => hidden["intent"] = intent.Id);
        if (!sells)
        {
            operation.Update(session, body => body["payment_intent"] = intent.Id);
        }

        return intent;
    }

    /// <summary>Makes the payment method ready for later: in setup mode, or for what costs nothing yet.</summary>
    private static void SetUp(Call call, StripeObject session, StripeObject? customer, StripeObject method)
    {
        var operation = call.Operation;
        var setup = call.World.Find(SetupIntents.Type, session.Text("setup_intent") ?? session.Hidden.Text("setup"));
        if (setup is null)
        {
            setup = SetupIntents.Make(operation, customer, null, "off_session");
            operation.UpdateHidden(setup, hidden => hidden["session"] = session.Id);
            operation.UpdateHidden(session, hidden => hidden["setup"] = setup.Id);
        }

        operation.Update(setup, body =>
        {
            body["customer"] = customer?.Id;
            body["payment_method"] = method.Id;
        });
        SetupIntents.Confirm(operation, setup);
        if (setup.Body["last_setup_error"] is not null)
        {
            throw Refusals.Of(call, setup, "last_setup_error");
        }
    }

    /// <summary>
    /// Who pays: the customer the session was made for, or a new one with the first submission. A guest of a one-time
    /// payment becomes no customer unless that is needed or was asked for.
    /// </summary>
    private static StripeObject? CustomerOf(Operation operation, StripeObject session)
    {
        var email = session.Hidden.Text("email");
        var id = session.Hidden.Text("customer") ?? session.Text("customer");
        if (operation.World.Find(Customers.Type, id) is { } known)
        {
            if (known.Text("email") is null)
            {
                operation.Update(known, body => body["email"] = email, "customer.updated");
            }

            return known;
        }

        if (id is not null)
        {
            throw ApiError.State($"No such customer: '{id}'", "resource_missing", "customer");
        }

        if (session.Text("customer_creation") is not "always" && session.Hidden.At("data.setup_future_usage") is null)
        {
            return null;
        }

        var method = operation.World.Find(session.Hidden.Text("method") ?? "");
        var customer = Customers.Make(operation, email, method?.Text("billing_details.name"));
        operation.UpdateHidden(session, hidden => hidden["customer"] = customer.Id);
        return customer;
    }
}
