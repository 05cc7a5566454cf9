using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of setup intents. https://docs.stripe.com/api/setup_intents</summary>
internal static class SetupIntentsApi
{
    /// <summary>A setup intent has no currency; the Dashboard's types for it are those of the account's own.</summary>
    private const string AccountCurrency = "usd";

    /// <summary>What matters to attempts, and so changes no more once there can be none.</summary>
    private static readonly string[] OfAttempts =
        ["customer", "payment_method", "payment_method_data", "payment_method_options"];

    public static void Map(Catalog catalog)
    {
        catalog.Add(SetupIntents.Type);
        SetupAttempts.Map(catalog);
        catalog.Post("/v1/setup_intents", Create);
        catalog.Get("/v1/setup_intents", call => new Answer.Many(
            call.List(SetupIntents.Type, call.Fits("customer", "payment_method"))));
        catalog.Open("GET", "/v1/setup_intents/{intent}", Retrieve);
        catalog.Post("/v1/setup_intents/{intent}", Update);
        catalog.Open("POST", "/v1/setup_intents/{intent}/confirm", Confirm);
        catalog.Post("/v1/setup_intents/{intent}/cancel", Cancel);
        catalog.Post("/_simulator/setup_intents/{intent}/authenticate", Authenticate);
    }

    private static Answer Create(Call call)
    {
        var customer = call.Given(Customers.Type, "customer");
        var automatic = call.Params.Child("automatic_payment_methods");
        automatic?.OneOf("allow_redirects", "always", "never");
        var fields = MethodTypes.Read(call, AccountCurrency, automatic?.Flag("enabled") ?? true).Fields;
        var usage = call.Params.OneOf("usage", "off_session", "on_session") ?? "off_session";
        var confirms = call.Params.Flag("confirm") is true;
        var method = IntentParams.Method(call, customer, null);
        var intent = SetupIntents.Make(call.Operation, customer, method, usage, Written(call, fields));
        if (confirms)
        {
            return Attempted(call, intent);
        }

        Intents.RefuseAttempt(call, "return_url", "mandate_data");
        return Answer.Of(intent);
    }

    private static Answer Retrieve(Call call)
    {
        var intent = call.Named(SetupIntents.Type, "intent", "intent");
        Intents.CheckSecret(call, intent);
        return Answer.Of(intent);
    }

    private static Answer Update(Call call)
    {
        var intent = call.Named(SetupIntents.Type, "intent", "intent");
        Intents.Require(call, intent, "updated",
            "requires_payment_method", "requires_confirmation", "requires_action", "succeeded");
        if (OfAttempts.FirstOrDefault(call.Params.Has) is { } name)
        {
            Intents.Require(call, intent, $"given another {name}",
                "requires_payment_method", "requires_confirmation", "requires_action");
        }

        call.Operation.Update(intent, body => Written(call, body));
        if (call.Given(Customers.Type, "customer") is { } customer)
        {
            call.Operation.Update(intent, body => body["customer"] = customer.Id);
        }

        ChangeMethod(call, intent);
        return Answer.Of(intent);
    }

    private static Answer Confirm(Call call)
    {
        var intent = call.Named(SetupIntents.Type, "intent", "intent");
        Intents.CheckSecret(call, intent);
        Intents.Require(
            call, intent, "confirmed", "requires_payment_method", "requires_confirmation", "requires_action");
        ChangeMethod(call, intent);
        return Attempted(call, intent);
    }

    private static Answer Cancel(Call call)
    {
        var intent = call.Named(SetupIntents.Type, "intent", "intent");
        Intents.Require(
            call, intent, "canceled", "requires_payment_method", "requires_confirmation", "requires_action");
        SetupIntents.Cancel(call.Operation, intent, call.Params.OneOf(
            "cancellation_reason", "abandoned", "duplicate", "requested_by_customer"));
        return Answer.Of(intent);
    }

    /// <summary>Plays the customer at their bank's 3-D Secure page, which with Stripe is a page in a browser.</summary>
    private static Answer Authenticate(Call call)
    {
        var intent = call.Named(SetupIntents.Type, "intent", "intent");
        Intents.Require(call, intent, "authenticated", "requires_action");
        SetupIntents.EndAuthentication(
            call.Operation, intent, call.Params.OneOf("outcome", "succeeded", "failed") is not "failed");
        return Answer.Of(intent);
    }

    private static Answer Attempted(Call call, StripeObject intent)
    {
        if (intent.Text("payment_method") is null)
        {
            throw ApiError.State(
                $"You cannot confirm {intent.Id} because it is missing a payment method.",
                "setup_intent_unexpected_state", "payment_method");
        }

        Intents.ReadAttempt(call, intent);
        SetupIntents.Confirm(call.Operation, intent);
        return intent.Body["last_setup_error"] is null
            ? Answer.Of(intent)
            : throw Refusals.Of(call, intent, "last_setup_error");
    }

    private static void ChangeMethod(Call call, StripeObject intent)
    {
        var customer = call.World.Find(Customers.Type, intent.Text("customer"));
        if (IntentParams.Method(call, customer, null) is { } method)
        {
            call.Operation.Update(intent, body =>
            {
                body["payment_method"] = method.Id;
                body["next_action"] = null;
                body["status"] = "requires_confirmation";
            });
        }
    }

    private static JsonObject Written(Call call, JsonObject body)
    {
        call.Params.Set(body, "description");
        call.Params.SetMetadata(body);
        if (call.Params.Child("payment_method_options")?.Child("card") is { } card)
        {
            body["payment_method_options"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["mandate_options"] = null,
                    ["network"] = null,
                    ["request_three_d_secure"] =
                        card.OneOf("request_three_d_secure", "any", "automatic", "challenge") ?? "automatic",
                },
            };
        }

        return body;
    }
}
