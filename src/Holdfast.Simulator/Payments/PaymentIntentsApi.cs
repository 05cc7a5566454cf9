using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of payment intents. https://docs.stripe.com/api/payment_intents</summary>
internal static class PaymentIntentsApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Add(PaymentIntents.Type);
        Attempt.Map(catalog);
        catalog.Post("/v1/payment_intents", Create);
        catalog.Get("/v1/payment_intents", call => new Answer.Many(
            call.List(PaymentIntents.Type, call.Fits("customer"))));
        catalog.Open("GET", "/v1/payment_intents/{intent}", Retrieve);
        catalog.Post("/v1/payment_intents/{intent}", Update);
        catalog.Open("POST", "/v1/payment_intents/{intent}/confirm", Confirm);
        catalog.Post("/v1/payment_intents/{intent}/capture", Capture);
        catalog.Post("/v1/payment_intents/{intent}/cancel", Cancel);
        catalog.Post("/_simulator/payment_intents/{intent}/authenticate", Authenticate);
    }

    private static Answer Create(Call call)
    {
        var terms = IntentParams.Read(call);
        var confirms = call.Params.Flag("confirm") is true;
        var intent = PaymentIntents.Make(call.Operation, terms);
        if (confirms)
        {
            return Attempted(call, intent);
        }

        Intents.RefuseAttempt(call, "off_session", "return_url", "error_on_requires_action", "mandate_data");
        return Answer.Of(intent);
    }

    private static Answer Retrieve(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        Intents.CheckSecret(call, intent);
        return Answer.Of(intent);
    }

    private static Answer Update(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        Intents.Require(call, intent, "updated",
            "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "succeeded");
        IntentChanges.Apply(call, intent);
        return Answer.Of(intent);
    }

    private static Answer Confirm(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        Intents.CheckSecret(call, intent);
        Intents.Require(
            call, intent, "confirmed", "requires_payment_method", "requires_confirmation", "requires_action");
        IntentChanges.ApplyForConfirm(call, intent);
        return Attempted(call, intent);
    }

    private static Answer Capture(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        Intents.Require(call, intent, "captured", "requires_capture");
        var capturable = intent.Number("amount_capturable");
        var amount = call.Params.Integer("amount_to_capture") ?? capturable;
        if (amount is <= 0)
        {
            throw ApiError.Invalid("amount_to_capture", "Invalid positive integer", "parameter_invalid_integer");
        }

        if (amount > capturable)
        {
            throw ApiError.State(
                $"The amount to capture ({amount}) is more than can be captured ({capturable}).", "amount_too_large",
                "amount_to_capture");
        }

        call.Operation.Update(intent, body =>
        {
            call.Params.Set(body, "statement_descriptor", "statement_descriptor_suffix");
            call.Params.SetMetadata(body);
        });
        Hold.Capture(call.Operation, intent, amount);
        return Answer.Of(intent);
    }

    private static Answer Cancel(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        var reason = call.Params.OneOf(
            "cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned");
        if (intent.Hidden.Text("invoice") is not null)
        {
            throw ApiError.State("The payment intent of an invoice cannot be canceled; void the invoice.",
                "payment_intent_unexpected_state");
        }

        if (intent.Status is not "processing" || !TestDebit.IsType(MethodType(call, intent)))
        {
            Intents.Require(call, intent, "canceled",
                "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture");
        }

        PaymentIntents.Cancel(call.Operation, intent, reason);
        return Answer.Of(intent);
    }

    /// <summary>Plays the customer at their bank's 3-D Secure page, which with Stripe is a page in a browser.</summary>
    private static Answer Authenticate(Call call)
    {
        var intent = call.Named(PaymentIntents.Type, "intent", "intent");
        Intents.Require(call, intent, "authenticated", "requires_action");
        Attempt.EndAuthentication(
            call.Operation, intent, call.Params.OneOf("outcome", "succeeded", "failed") is not "failed");
        return Answer.Of(intent);
    }

    private static Answer Attempted(Call call, StripeObject intent)
    {
        if (intent.Text("payment_method") is null)
        {
            throw ApiError.State(
                "You cannot confirm this PaymentIntent because it is missing a payment method.",
                "payment_intent_unexpected_state", "payment_method");
        }

        var offSession = call.Params.Text("off_session") is { } text && text is not "false";
        var refusesAction = call.Params.Flag("error_on_requires_action") is true;
        Intents.ReadAttempt(call, intent);
        Attempt.Begin(call.Operation, intent, offSession, refusesAction);
        return intent.Body["last_payment_error"] is null
            ? Answer.Of(intent)
            : throw Refusals.Of(call, intent, "last_payment_error");
    }

    private static string MethodType(Call call, StripeObject intent) =>
        call.World.Find(intent.Text("payment_method") ?? "")?.Text("type") ?? "";
}
