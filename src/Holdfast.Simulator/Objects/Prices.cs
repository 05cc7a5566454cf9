using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Objects;

/// <summary>Prices. https://docs.stripe.com/api/prices</summary>
internal static class Prices
{
    /// <summary>Of one unit: the twelve digits of https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts</summary>
    private const long MostAmount = 999_999_999_999;

    public static readonly ObjectType Type = new("price", "price", """
        {
          "id": "", "object": "price", "active": true, "billing_scheme": "per_unit", "created": 0, "currency": "usd",
          "custom_unit_amount": null, "livemode": false, "lookup_key": null, "metadata": {}, "nickname": null,
          "product": "", "recurring": null, "tax_behavior": "unspecified", "tiers_mode": null,
          "transform_quantity": null, "type": "one_time", "unit_amount": null, "unit_amount_decimal": null
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/prices", call => Answer.Of(Make(call, call.Params, null)));
        catalog.Get("/v1/prices", List);
        catalog.Get("/v1/prices/{price}", call => Answer.Of(call.Named(Type, "price", "price")));
        catalog.Post("/v1/prices/{price}", Update);
    }

    /// <param name="asked">The call's own parameters, or those of a price made inside another object.</param>
    /// <param name="product">Null when the parameters name it.</param>
    public static StripeObject Make(Call call, Params asked, StripeObject? product)
    {
        var currency = Currencies.Read(asked, "currency");
        product ??= call.Given(Products.Type, asked, "product") ?? MakeProduct(call, asked);
        var fields = new JsonObject { ["currency"] = currency, ["product"] = product.Id };
        WriteAmount(asked, "unit_amount", fields);
        if (asked.Child("recurring") is { } recurring)
        {
            fields["type"] = "recurring";
            fields["recurring"] = Recurrence.Read(recurring);
        }

        TakeLookupKey(call, asked, fields);
        var price = call.Operation.Create(Type, fields);
        call.Operation.Update(price, body => Write(asked, body));
        call.Operation.Tell("price.created", price);
        Plans.Tell(call.Operation, "created", price);
        return price;
    }

    private static StripeObject MakeProduct(Call call, Params asked)
    {
        var terms = asked.Child("product_data") ?? throw ApiError.Missing(asked.PathOf("product"));
        var product = call.Operation.Create(Products.Type, new JsonObject
        {
            ["name"] = terms.Required("name"),
            ["updated"] = call.World.Now(null),
        });
        call.Operation.Update(product, body => terms.SetMetadata(body));
        call.Operation.Tell("product.created", product);
        return product;
    }

    /// <param name="name">Of the whole amount; that of parts of a cent has <c>_decimal</c> behind it.</param>
    public static void WriteAmount(Params asked, string name, JsonObject fields)
    {
        var (amount, exact) = (asked.Integer(name), asked.Decimal($"{name}_decimal"));
        if (amount is not null && exact is not null)
        {
            throw ApiError.Exclusive(asked.PathOf(name), asked.PathOf($"{name}_decimal"));
        }

        var given = asked.PathOf(exact is null ? name : $"{name}_decimal");
        if ((exact ?? amount) is not { } value)
        {
            throw ApiError.Missing(given);
        }

        if (value < 0)
        {
            throw ApiError.Invalid(given, "Invalid non-negative integer", "parameter_invalid_integer");
        }

        if (value > MostAmount)
        {
            throw ApiError.Invalid(given, $"Invalid amount: it may be {MostAmount} at most.", "amount_too_large");
        }

        fields["unit_amount"] = value == decimal.Truncate(value) ? (long)value : null;
        fields["unit_amount_decimal"] = value.ToString("0.############", CultureInfo.InvariantCulture);
    }

    private static void TakeLookupKey(Call call, Params asked, JsonObject fields)
    {
        if (asked.Text("lookup_key") is not { Length: > 0 } key)
        {
            return;
        }

        var transfer = asked.Flag("transfer_lookup_key") is true;
        if (call.World.All(Type).FirstOrDefault(price => price.Text("lookup_key") == key) is { } holder)
        {
            if (!transfer)
            {
                throw ApiError.State($"A price (`{holder.Id}`) already uses that lookup key.", param: asked.PathOf("lookup_key"));
            }

            call.Operation.Update(holder, body => body["lookup_key"] = null, "price.updated");
        }

        fields["lookup_key"] = key;
    }

    private static Answer Update(Call call)
    {
        var price = call.Named(Type, "price", "price");
        var (lookup, before) = (new JsonObject(), price.Body.Copy());
        TakeLookupKey(call, call.Params, lookup);
        call.Operation.Update(price, body =>
        {
            body.Take(lookup);
            Write(call.Params, body);
        }, "price.updated");
        Plans.Tell(call.Operation, "updated", price, before);
        SubscriptionItems.Follow(call.Operation, price);
        return Answer.Of(price);
    }

    private static Answer List(Call call)
    {
        var fits = call.Fits("active", "currency", "product", "type");
        var keys = call.Params.Texts("lookup_keys");
        return new Answer.Many(call.List(
            Type, item => fits(item) && (keys.Count == 0 || keys.Contains(item.Text("lookup_key")))));
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "nickname");
        asked.SetMetadata(body);
        if (asked.Flag("active") is { } active)
        {
            body["active"] = active;
        }

        if (asked.OneOf("tax_behavior", "exclusive", "inclusive", "unspecified") is { } behavior)
        {
            body["tax_behavior"] = behavior;
        }
    }
}
