using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>Makes a payment method out of what a form holds: a token, or a card's number, or a bank account.</summary>
internal static class MethodParams
{
    private static readonly string[] AccountFields =
    [
        "account_holder_name", "account_holder_type", "account_type", "bank_code", "branch_code", "bsb_number",
        "institution_number", "reference", "routing_number", "sort_code", "suffix", "transit_number",
    ];

    public static StripeObject Make(Call call, Params asked)
    {
        var type = asked.Required("type");
        var method = type switch
        {
            "card" => OfCard(call, asked.Child("card") ?? throw ApiError.Missing(asked.PathOf("card"))),
            _ when TestDebit.IsType(type) => OfDebit(call, asked, type),
            _ => throw ApiError.Unsupported($"payment methods of type {type}", asked.PathOf("type")),
        };
        call.Operation.Update(method, body => Write(asked, body));
        return method;
    }

    /// <summary>Billing details, metadata and the like, of a new payment method or an old one.</summary>
    public static void Write(Params asked, JsonObject body)
    {
        asked.SetMetadata(body);
        if (asked.OneOf("allow_redisplay", "always", "limited", "unspecified") is { } redisplay)
        {
            body["allow_redisplay"] = redisplay;
        }

        if (asked.Child("billing_details") is { } details)
        {
            var held = body.Child("billing_details")!;
            details.SetHash(held, "address", Shippings.Address);
            held["address"] ??= new JsonObject();
            details.Set(held, "email", "name", "phone", "tax_id");
        }
    }

    private static StripeObject OfCard(Call call, Params card)
    {
        if (card.Text("token") is { Length: > 0 } token)
        {
            return PaymentMethods.Make(call.Operation, Tokens.CardOf(call.World, token, card.PathOf("token")));
        }

        var numbers = CardNumbers.Read(call, card);
        return PaymentMethods.Make(call.Operation, numbers.Card, numbers.Month, numbers.Year, numbers.HasCvc);
    }

    /// <summary>The simulator knows debits by their tokens, and Stripe's test accounts by their numbers.</summary>
    private static StripeObject OfDebit(Call call, Params asked, string type)
    {
        var account = asked.Child(type);
        foreach (var name in AccountFields)
        {
            account?.Text(name);
        }

        var token = TestDebit.TokenOf(type, account?.Text("iban") ?? account?.Text("account_number") ?? "");
        return PaymentMethods.Make(call.Operation, TestDebit.Parse(token)!, token);
    }
}
