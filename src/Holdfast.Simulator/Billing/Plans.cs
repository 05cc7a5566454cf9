using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Plans: a recurring price as seen before there were prices. https://docs.stripe.com/api/plans</summary>
internal static class Plans
{
    public static readonly ObjectType Type = new("plan", "plan", """{ "object": "plan" }""");

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/plans", Create);
        catalog.Get("/v1/plans", List);
        catalog.Get("/v1/plans/{plan}", call => new Answer.One(Of(Named(call).Body)));
        catalog.Post("/v1/plans/{plan}", Update);
        catalog.Delete("/v1/plans/{plan}", Delete);
    }

    public static JsonObject Of(JsonObject price) => new()
    {
        ["id"] = price.Text("id"),
        ["object"] = "plan",
        ["active"] = price.Flag("active"),
        ["amount"] = price.Number("unit_amount"),
        ["amount_decimal"] = price.Text("unit_amount_decimal"),
        ["billing_scheme"] = price.Text("billing_scheme"),
        ["created"] = price.Number("created"),
        ["currency"] = price.Text("currency"),
        ["interval"] = price.Text("recurring.interval"),
        ["interval_count"] = price.Number("recurring.interval_count"),
        ["livemode"] = false,
        ["metadata"] = price.Child("metadata")?.Copy(),
        ["meter"] = price.Text("recurring.meter"),
        ["nickname"] = price.Text("nickname"),
        ["product"] = price.Text("product"),
        ["tiers_mode"] = null,
        ["transform_usage"] = null,
        ["trial_period_days"] = price.Number("recurring.trial_period_days"),
        ["usage_type"] = price.Text("recurring.usage_type"),
    };

    /// <summary>A plan's event goes with each of its price's.</summary>
    public static void Tell(Operation operation, string what, StripeObject price, JsonObject? before = null)
    {
        if (price.Text("type") is "recurring")
        {
            operation.TellOf($"plan.{what}", price, Of(price.Body), before is null ? null : Of(before));
        }
    }

    private static StripeObject Named(Call call) =>
        call.World.Find(Prices.Type, call.Route("plan")) is { } price && price.Text("type") is "recurring"
            ? price
            : throw ApiError.NotFound(Type, call.Route("plan"), "plan");

    private static Answer Create(Call call)
    {
        var asked = call.Params;
        var fields = new JsonObject
        {
            ["id"] = asked.Text("id") is { Length: > 0 } id ? FreeId(call, id) : call.World.Ids.Next(Type.Prefix),
            ["currency"] = Currencies.Read(asked, "currency"),
            ["product"] = ProductOf(call).Id,
            ["recurring"] = Recurrence.Read(asked),
            ["type"] = "recurring",
        };
        Prices.WriteAmount(asked, "amount", fields);
        asked.OneOf("billing_scheme", "per_unit");
        var price = call.Operation.Create(Prices.Type, fields);
        call.Operation.Update(price, body => Write(asked, body));
        call.Operation.Tell("price.created", price);
        Tell(call.Operation, "created", price);
        return new Answer.One(Of(price.Body));
    }

    private static Answer Update(Call call)
    {
        var price = Named(call);
        var before = price.Body.Copy();
        call.Operation.Update(price, body => Write(call.Params, body), "price.updated");
        Tell(call.Operation, "updated", price, before);
        return new Answer.One(Of(price.Body));
    }

    private static Answer List(Call call)
    {
        var fits = call.Fits("active", "product");
        var prices = call.List(Prices.Type, price => fits(price) && price.Text("type") is "recurring");
        return new Answer.Many(prices with { Items = [.. prices.Items.Select(Of)] });
    }

    private static Answer Delete(Call call)
    {
        var price = Named(call);
        Tell(call.Operation, "deleted", price);
        call.Operation.Tell("price.deleted", price);
        call.Operation.Remove(price);
        return new Answer.Plain(new JsonObject { ["id"] = price.Id, ["object"] = "plan", ["deleted"] = true });
    }

    private static string FreeId(Call call, string id) => call.World.Find(Prices.Type, id) is null ? id
        : throw ApiError.State("Plan already exists.", "resource_already_exists", "id");

    /// <summary>A product's id, or a hash that makes one.</summary>
    private static StripeObject ProductOf(Call call)
    {
        if (call.Params.TextOrHash("product") is not null)
        {
            return call.Given(Products.Type, "product") ?? throw ApiError.Missing("product");
        }

        var terms = call.Params.Child("product") ?? throw ApiError.Missing("product");
        var product = call.Operation.Create(Products.Type, new JsonObject
        {
            ["name"] = terms.Required("name"),
            ["updated"] = call.World.Now(null),
        });
        call.Operation.Update(product, body => terms.SetMetadata(body));
        call.Operation.Tell("product.created", product);
        return product;
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "nickname");
        asked.SetMetadata(body);
        if (asked.Flag("active") is { } active)
        {
            body["active"] = active;
        }
    }
}
