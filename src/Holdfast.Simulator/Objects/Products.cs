using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Objects;

/// <summary>Products. https://docs.stripe.com/api/products</summary>
internal static class Products
{
    public static readonly ObjectType Type = new("product", "prod", """
        {
          "id": "", "object": "product", "active": true, "created": 0, "default_price": null, "description": null,
          "images": [], "livemode": false, "marketing_features": [], "metadata": {}, "name": "", "package_dimensions": null,
          "shippable": null, "statement_descriptor": null, "tax_code": null, "tax_details": null, "type": "service",
          "unit_label": null, "updated": 0, "url": null
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/products", Create);
        catalog.Get("/v1/products", call => new Answer.Many(call.List(Type, call.Fits("active"))));
        catalog.Get("/v1/products/{product}", call => Answer.Of(call.Named(Type, "product")));
        catalog.Post("/v1/products/{product}", Update);
        catalog.Delete("/v1/products/{product}", Delete);
    }

    private static Answer Create(Call call)
    {
        var fields = new JsonObject { ["name"] = call.Params.Required("name"), ["updated"] = call.World.Now(null) };
        if (call.Params.Text("id") is { Length: > 0 } id)
        {
            fields["id"] = call.World.Find(Type, id) is null ? id : throw ApiError.State(
                $"Product already exists: '{id}'", "resource_already_exists", "id");
        }

        var product = call.Operation.Create(Type, fields);
        call.Operation.Update(product, body => Write(call.Params, body));
        call.Operation.Tell("product.created", product);
        if (call.Params.Child("default_price_data") is { } terms)
        {
            var price = Prices.Make(call, terms, product);
            call.Operation.Update(product, body => body["default_price"] = price.Id, "product.updated");
        }

        return Answer.Of(product);
    }

    private static Answer Update(Call call)
    {
        var product = call.Named(Type, "product");
        call.Operation.Update(product, body =>
        {
            call.Params.Set(body, "name");
            Write(call.Params, body);
            if (call.Given(Prices.Type, "default_price") is { } price)
            {
                body["default_price"] = price.Id;
            }

            body["updated"] = call.World.Now(null);
        }, "product.updated");
        return Answer.Of(product);
    }

    private static Answer Delete(Call call)
    {
        var product = call.Named(Type, "product");
        if (call.World.All(Prices.Type).Any(price => price.Text("product") == product.Id))
        {
            throw ApiError.State("This product cannot be deleted because it has prices. Set active=false instead.");
        }

        call.Operation.Tell("product.deleted", product);
        call.Operation.Remove(product);
        return Answer.Deleted(product);
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "description", "statement_descriptor", "tax_code", "unit_label", "url");
        asked.SetMetadata(body);
        foreach (var flag in (ReadOnlySpan<string>)["active", "shippable"])
        {
            if (asked.Flag(flag) is { } value)
            {
                body[flag] = value;
            }
        }

        if (asked.OneOf("type", "good", "service") is { } type)
        {
            body["type"] = type;
        }

        if (asked.Has("images"))
        {
            body["images"] = new JsonArray([.. asked.Texts("images").Select(image => JsonValue.Create(image))]);
        }
    }
}
