using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// What can be asked of charges, and the old way to make one without an intent. https://docs.stripe.com/api/charges
/// </summary>
internal static class ChargesApi
{
    public static void Map(Catalog catalog)
    {
        catalog.Add(Charges.Type);
        Charges.WhenDue(catalog);
        catalog.Post("/v1/charges", Create);
        catalog.Get("/v1/charges", call => new Answer.Many(
            call.List(Charges.Type, call.Fits("customer", "payment_intent", "transfer_group"))));
        catalog.Get("/v1/charges/{charge}", call => Answer.Of(call.Named(Charges.Type, "charge")));
        catalog.Post("/v1/charges/{charge}", Update);
        catalog.Post("/v1/charges/{charge}/capture", Capture);
    }

    private static Answer Create(Call call)
    {
        var customer = call.Given(Customers.Type, "customer");
        var currency = Currencies.Read(call.Params, "currency");
        var terms = Written(call, new JsonObject
        {
            ["amount"] = IntentParams.Amount(call.Params, currency),
            ["currency"] = currency,
            ["customer"] = customer?.Id,
            ["metadata"] = new JsonObject(),
        });
        call.Params.Set(terms, "statement_descriptor", "statement_descriptor_suffix");
        var capture = call.Params.Flag("capture") ?? true;
        var source = SourceOf(call, customer);
        var card = TestCards.Behind(source)!;
        var charge = Charges.OfCard(call.Operation, terms, source, card.Decline, capture, authenticated: false);
        if (card.Decline is { } decline)
        {
            call.Operation.Tell("charge.failed", charge);
            throw Declined(call, decline, charge);
        }

        if (capture)
        {
            Charges.SettleBalance(call.Operation, charge, later: false);
        }
        else
        {
            Hold.Begin(call.Operation, charge);
        }

        call.Operation.Tell("charge.succeeded", charge);
        Disputes.OpenAfter(call.Operation, charge, card);
        return Answer.Of(charge);
    }

    /// <summary>A token, a customer's card, or the card that is their default.</summary>
    private static StripeObject SourceOf(Call call, StripeObject? customer)
    {
        var given = call.Params.Text("source");
        if (given is not { Length: > 0 })
        {
            return call.World.Find(CardSources.Type, customer?.Text("default_source")) ?? throw new ApiError(
                402, Refusals.CardError, "Cannot charge a customer that has no active card.", "missing");
        }

        if (call.World.Find(CardSources.Type, given) is { } kept)
        {
            return kept.Text("customer") == customer?.Id ? kept : throw ApiError.State(
                $"Customer {customer?.Id} does not have a linked source with ID {given}.", "missing", "source");
        }

        return CardSources.Make(call.Operation, Tokens.CardOf(call.World, given, "source"));
    }

    private static ApiError Declined(Call call, Decline decline, StripeObject charge)
    {
        call.Params.RefuseUnread();
        var error = Refusals.Of(decline);
        var more = error.More.Copy();
        more["charge"] = charge.Id;
        return new ApiError(402, error.Type, error.Message, error.Code, error.Param)
        {
            More = more,
            KeepsChanges = true,
        };
    }

    private static Answer Update(Call call)
    {
        var charge = call.Named(Charges.Type, "charge");
        call.Operation.Update(charge, body => Written(call, body), "charge.updated");
        return Answer.Of(charge);
    }

    private static Answer Capture(Call call)
    {
        var charge = call.Named(Charges.Type, "charge");
        if (charge.Body.Flag("captured"))
        {
            throw ApiError.State($"Charge {charge.Id} has already been captured.", "charge_already_captured");
        }

        if (charge.Status is not "succeeded" || charge.Body.Flag("refunded"))
        {
            throw ApiError.State($"Charge {charge.Id} holds no money any more.", "charge_expired_for_capture");
        }

        var amount = call.Params.Integer("amount") ?? charge.Number("amount");
        if (amount <= 0 || amount > charge.Number("amount"))
        {
            throw ApiError.State(
                $"The amount to capture must be from 1 to {charge.Number("amount")}.", param: "amount");
        }

        call.Params.Text("receipt_email");
        if (call.World.Find(PaymentIntents.Type, charge.Text("payment_intent")) is { } intent)
        {
            Hold.Capture(call.Operation, intent, amount);
        }
        else
        {
            Charges.Capture(call.Operation, charge, amount, later: false);
        }

        return Answer.Of(charge);
    }

    private static JsonObject Written(Call call, JsonObject body)
    {
        call.Params.Set(body, "description", "receipt_email", "transfer_group");
        call.Params.SetMetadata(body);
        if (call.Params.Has("shipping"))
        {
            body["shipping"] = Shippings.Read(call.Params, "shipping");
        }

        return body;
    }
}
