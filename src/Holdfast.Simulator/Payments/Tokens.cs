using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>Tokens of cards: Stripe's own for tests, and others. https://docs.stripe.com/api/tokens</summary>
internal static class Tokens
{
    private const string Prefix = "tok_";

    public static readonly ObjectType Type = new("token", "tok", """
        {
          "id": "", "object": "token", "card": null, "client_ip": null, "created": 0, "livemode": false,
          "type": "card", "used": false
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Open("POST", "/v1/tokens", Create);
        catalog.Get("/v1/tokens/{token}", call => Answer.Of(call.Named(Type, "token", "token")));
    }

    /// <summary>The test card of a token such as <c>tok_visa</c>, or behind one that was made here.</summary>
    public static TestCard CardOf(World world, string token, string param)
    {
        var card = world.Find(Type, token) is { } made ? TestCards.Behind(made)
            : token.StartsWith(Prefix, StringComparison.Ordinal) ? TestCards.Named(token[Prefix.Length..])
            : null;
        return card ?? throw ApiError.State($"No such token: '{token}'", "resource_missing", param);
    }

    private static Answer Create(Call call)
    {
        var asked = call.Params.Child("card") ?? throw ApiError.Missing("card");
        var numbers = CardNumbers.Read(call, asked);
        var card = CardSources.Make(call.Operation, numbers.Card);
        call.Operation.Update(card, body =>
        {
            body["exp_month"] = numbers.Month;
            body["exp_year"] = numbers.Year;
        });
        var token = call.Operation.Create(Type, new JsonObject { ["card"] = card.Body.Copy() });
        call.Operation.UpdateHidden(token, hidden => hidden["card"] = numbers.Card.Number);
        return Answer.Of(token);
    }
}
