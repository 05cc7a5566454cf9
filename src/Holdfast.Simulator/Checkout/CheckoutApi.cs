using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>What can be asked of Checkout sessions. https://docs.stripe.com/api/checkout/sessions</summary>
internal static class CheckoutApi
{
    private const string Expires = "checkout.session.expires";
    private const int SecretLetters = 58;

    public static void Map(Catalog catalog)
    {
        catalog.Add(CheckoutSessions.Type);
        catalog.Add(LineItems.Type);
        catalog.When(Expires, Expire);
        catalog.WhenSettled(Completion.Follow);
        PaymentPages.Map(catalog);
        catalog.Post("/v1/checkout/sessions", Create);
        catalog.Get("/v1/checkout/sessions", List);
        catalog.Get("/v1/checkout/sessions/{session}", call => Answer.Of(Named(call)));
        catalog.Post("/v1/checkout/sessions/{session}", Update);
        catalog.Post("/v1/checkout/sessions/{session}/expire", ExpireNow);
        catalog.Get("/v1/checkout/sessions/{session}/line_items", call =>
        {
            // They are listed in the order they were given, not newest first.
            var session = Named(call).Id;
            return new Answer.Many(call.List(LineItems.Of(call.World, session).Select(item => item.Body)));
        });
    }

    public static StripeObject Named(Call call) => call.Named(CheckoutSessions.Type, "session", "session");

    private static Answer Create(Call call)
    {
        call.Params.Required("mode");
        var mode = call.Params.OneOf("mode", "payment", "setup", "subscription")!;
        var customer = call.Given(Customers.Type, "customer");
        var lines = LineItems.Read(call, mode);
        var currency = lines is [var first, ..] ? first.Price.Text("currency")
            : call.Params.Has("currency") ? Currencies.Read(call.Params, "currency") : null;
        var fields = SessionParams.Read(call, mode, customer, currency);
        var data = IntentData.Read(call, mode);
        var session = call.Operation.Create(CheckoutSessions.Type, fields, customer?.Clock);
        call.Operation.UpdateHidden(session, hidden => hidden["data"] = data);
        Show(call.Operation, session);
        if (mode is "setup")
        {
            MakeSetupIntent(call.Operation, session, customer, data);
        }
        else
        {
            foreach (var line in lines)
            {
                var amount = line.IsRecurring && Sums.IsOnTrial(session) ? 0 : line.Amount;
                LineItems.Make(call.Operation, session, line, amount);
            }

            Sums.Write(call.Operation, session);
        }

        call.Operation.Plan(session.Number("expires_at"), Expires, session);
        return Answer.Of(session);
    }

    private static Answer List(Call call)
    {
        var fits = call.Fits("customer", "payment_intent", "status", "subscription");
        var email = call.Params.Child("customer_details")?.Text("email");
        return new Answer.Many(call.List(CheckoutSessions.Type, session =>
            fits(session) && (email is null || session.Text("customer_details.email") == email)));
    }

    private static Answer Update(Call call)
    {
        var session = Named(call);
        call.Operation.Update(session, body => call.Params.SetMetadata(body));
        return Answer.Of(session);
    }

    private static Answer ExpireNow(Call call)
    {
        var session = Named(call);
        Submission.RequireOpen(session, "expired");
        Expire(call.Operation, session);
        return Answer.Of(session);
    }

    private static void Expire(Operation operation, StripeObject session)
    {
        if (session.Status is not "open")
        {
            return;
        }

        operation.Unplan(Expires, session);
        operation.Update(session, body =>
        {
            body["status"] = "expired";
            body["url"] = null;
        });
        if (operation.World.Find(PaymentIntents.Type, session.Hidden.Text("intent")) is { } intent)
        {
            PaymentIntents.Cancel(operation, intent, "expired");
        }

        var setupId = session.Text("setup_intent") ?? session.Hidden.Text("setup");
        if (operation.World.Find(SetupIntents.Type, setupId) is { } setup)
        {
            SetupIntents.Cancel(operation, setup, "abandoned");
        }

        operation.Tell("checkout.session.expired", session);
    }

    /// <summary>The address of the page, or the secret with which a page of the seller's own shows it.</summary>
    private static void Show(Operation operation, StripeObject session) => operation.Update(session, body =>
    {
        if (body.Text("ui_mode") is "hosted_page")
        {
            body["url"] = $"https://checkout.stripe.com/c/pay/{session.Id}";
        }
        else
        {
            body["client_secret"] = $"{session.Id}_secret_{operation.World.Ids.Letters(SecretLetters)}";
        }
    });

    private static void MakeSetupIntent(
        Operation operation, StripeObject session, StripeObject? customer, JsonObject data)
    {
        var setup = SetupIntents.Make(operation, customer, null, "off_session", data);
        operation.UpdateHidden(setup, hidden => hidden["session"] = session.Id);
        operation.Update(session, body => body["setup_intent"] = setup.Id);
    }
}
