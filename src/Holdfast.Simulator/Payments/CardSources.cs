using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Cards as customers held them before there were payment methods: <c>source=tok_visa</c> still makes one.
/// https://docs.stripe.com/api/cards
/// </summary>
internal static class CardSources
{
    public static readonly ObjectType Type = new("card", "card", """
        {
          "id": "", "object": "card", "address_city": null, "address_country": null, "address_line1": null,
          "address_line1_check": null, "address_line2": null, "address_state": null, "address_zip": null,
          "address_zip_check": null, "brand": "", "country": null, "customer": null, "cvc_check": null,
          "dynamic_last4": null, "exp_month": 0, "exp_year": 0, "fingerprint": null, "funding": "", "last4": "",
          "metadata": {}, "name": null, "regulated_status": "unregulated", "tokenization_method": null
        }
        """);

    public static void Map(Catalog catalog) => catalog.Add(Type);

    /// <summary>A card of no customer, as a charge by token has it.</summary>
    public static StripeObject Make(Operation operation, TestCard card)
    {
        var made = operation.Create(Type, CardDetails.OfSource(card, CardDetails.ExpiryMonth, CardDetails.ExpiryYear));
        operation.UpdateHidden(made, hidden =>
        {
            hidden["card"] = card.Number;
            hidden["with_cvc"] = true;
        });
        return made;
    }

    /// <summary>Keeps a token's card for a customer and makes it the default. Throws when its bank declines.</summary>
    public static void Keep(Operation operation, StripeObject customer, string token)
    {
        var card = Tokens.CardOf(operation.World, token, "source");
        if (card is { CanBeKept: false, Decline: { } decline })
        {
            throw Refusals.Of(decline);
        }

        var made = Make(operation, card);
        operation.Update(made, body => body["customer"] = customer.Id);
        operation.Update(customer, body => body["default_source"] = made.Id);
        operation.Tell("customer.source.created", made);
    }
}
