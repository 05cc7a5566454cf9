using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>What a Checkout session sells: a price, and how many of it.</summary>
internal sealed record LineTerms(StripeObject Price, long Quantity, JsonObject? Adjustable)
{
    public long Amount => Money.Round(Money.Of(Price.Body, Quantity));

    public bool IsRecurring => Price.Text("type") is "recurring";
}

/// <summary>
/// The line items of a Checkout session, shown only when asked for.
/// https://docs.stripe.com/api/checkout/sessions/line_items
/// </summary>
internal static class LineItems
{
    private const int MaxLines = 100;

    public static readonly ObjectType Type = new("item", "li", """
        {
          "id": "", "object": "item", "adjustable_quantity": null, "amount_discount": 0, "amount_subtotal": 0,
          "amount_tax": 0, "amount_total": 0, "currency": "", "description": null, "metadata": null, "price": null,
          "quantity": 1
        }
        """);

    /// <summary>Reads <c>line_items</c>: what is for sale, checked against the session's mode.</summary>
    public static IReadOnlyList<LineTerms> Read(Call call, string mode)
    {
        var asked = call.Params.Children("line_items");
        if (asked.Count is 0 && mode is not "setup")
        {
            throw ApiError.Missing("line_items");
        }

        if (asked.Count > MaxLines || (asked.Count > 0 && mode is "setup"))
        {
            throw ApiError.Invalid("line_items", mode is "setup"
                ? "You cannot pass line_items in setup mode." : $"A session takes {MaxLines} line items at most.");
        }

        LineTerms[] lines = [.. asked.Select(line => ReadOne(call, line, mode))];
        if (mode is "subscription" && !lines.Any(line => line.IsRecurring))
        {
            throw ApiError.Invalid("line_items", "In subscription mode at least one price must be recurring.");
        }

        if (lines.DistinctBy(line => line.Price.Text("currency")).Count() > 1)
        {
            throw ApiError.Invalid("line_items", "All prices of a session must have the same currency.");
        }

        return lines;
    }

    public static void Make(Operation operation, StripeObject session, LineTerms line, long amount) =>
        operation.UpdateHidden(
            operation.Create(Type, new JsonObject
            {
                ["adjustable_quantity"] = line.Adjustable?.Copy(),
                ["amount_subtotal"] = amount,
                ["amount_total"] = amount,
                ["currency"] = line.Price.Text("currency"),
                ["description"] = operation.World.Find(Products.Type, line.Price.Text("product"))?.Text("name"),
                ["price"] = line.Price.Body.Copy(),
                ["quantity"] = line.Quantity,
            }, session.Clock),
            hidden => hidden["session"] = session.Id);

    public static IEnumerable<StripeObject> Of(World world, string? session) =>
        world.All(Type).Where(item => item.Hidden.Text("session") == session);

    public static JsonNode ListOf(World world, JsonObject session) => new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. Of(world, session.Text("id")).Select(item => item.Body.DeepClone())]),
        ["has_more"] = false,
        ["url"] = $"/v1/checkout/sessions/{session.Text("id")}/line_items",
    };

    private static LineTerms ReadOne(Call call, Params asked, string mode)
    {
        var price = call.Given(Prices.Type, asked, "price")
            ?? (asked.Child("price_data") is { } data ? Prices.Make(call, data, null) : null)
            ?? throw ApiError.Missing(asked.PathOf("price"));
        if (!price.Body.Flag("active"))
        {
            throw ApiError.Invalid(asked.PathOf("price"),
                "The price specified is inactive. This field only accepts active prices.");
        }

        if (mode is "payment" && price.Text("type") is "recurring")
        {
            throw ApiError.Invalid(asked.PathOf("price"),
                "You specified `payment` mode but passed a recurring price. Use `subscription` mode instead.");
        }

        var quantity = asked.RequiredInteger("quantity");
        if (quantity < 1)
        {
            throw ApiError.Invalid(asked.PathOf("quantity"), "Invalid positive integer", "parameter_invalid_integer");
        }

        return new LineTerms(price, quantity, Adjustable(asked.Child("adjustable_quantity")));
    }

    private static JsonObject? Adjustable(Params? asked)
    {
        const long Most = 99;
        return asked?.Flag("enabled") is not { } enabled ? null : new JsonObject
        {
            ["enabled"] = enabled,
            ["maximum"] = asked.Integer("maximum") ?? (enabled ? Most : null),
            ["minimum"] = asked.Integer("minimum") ?? (enabled ? 0 : null),
        };
    }
}
