using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What can be asked of refunds. https://docs.stripe.com/api/refunds</summary>
internal static class RefundsApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Add(Refunds.Type);
        Refunds.WhenDue(catalog);
        catalog.Post("/v1/refunds", Create);
        catalog.Get("/v1/refunds", call => new Answer.Many(
            call.List(Refunds.Type, call.Fits("charge", "payment_intent"))));
        catalog.Get("/v1/refunds/{refund}", call => Answer.Of(call.Named(Refunds.Type, "refund")));
        catalog.Post("/v1/refunds/{refund}", Update);
        catalog.Post("/v1/refunds/{refund}/cancel", Cancel);
        catalog.Get("/v1/charges/{charge}/refunds", call =>
        {
            var charge = call.Named(Charges.Type, "charge");
            return new Answer.Many(call.List(Refunds.Type, item => item.Text("charge") == charge.Id));
        });
    }

    private static Answer Create(Call call)
    {
        var charge = ChargeOf(call);
        var metadata = new JsonObject { ["metadata"] = new JsonObject() };
        call.Params.SetMetadata(metadata);
        var reason = call.Params.OneOf("reason", "duplicate", "fraudulent", "requested_by_customer");
        var refund = Refunds.Make(
            call.Operation, charge, call.Params.Integer("amount"), reason, metadata.Child("metadata")!.Copy());
        return Answer.Of(refund);
    }

    private static StripeObject ChargeOf(Call call)
    {
        var (charge, intent) = (call.Given(Charges.Type, "charge"), call.Given(PaymentIntents.Type, "payment_intent"));
        if (charge is not null && intent is not null && charge.Text("payment_intent") != intent.Id)
        {
            throw ApiError.State($"{charge.Id} is no charge of {intent.Id}.", param: "charge");
        }

        if (charge is not null)
        {
            return charge;
        }

        if (intent is null)
        {
            throw new ApiError(400, ApiError.InvalidRequest,
                "One of these params should be provided: payment_intent or charge.", "parameter_missing")
            {
                IsValidation = true,
            };
        }

        return call.World.Find(Charges.Type, intent.Text("latest_charge")) is { } paid && intent.Status is "succeeded"
            ? paid
            : throw ApiError.State(
                $"This PaymentIntent ({intent.Id}) does not have a successful charge to refund.",
                "payment_intent_unexpected_state", "payment_intent");
    }

    private static Answer Update(Call call)
    {
        var refund = call.Named(Refunds.Type, "refund");
        call.Operation.Update(refund, body => call.Params.SetMetadata(body));
        Refunds.TellUpdated(call.Operation, refund);
        return Answer.Of(refund);
    }

    /// <summary>Only a refund that waits for the customer can be canceled, and none of the simulator's does.</summary>
    private static Answer Cancel(Call call)
    {
        var refund = call.Named(Refunds.Type, "refund");
        throw ApiError.State(
            $"A refund can be canceled only while it requires action; {refund.Id} is {refund.Status}.");
    }
}
