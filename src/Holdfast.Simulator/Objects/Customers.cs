using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Objects;

/// <summary>Customers. https://docs.stripe.com/api/customers</summary>
internal static class Customers
{
    /// <summary>Since then a customer shows its sources and subscriptions only when asked to.</summary>
    private static readonly ApiVersion ListsLeftOut = ApiVersion.Of("2020-08-27");

    private static readonly string[] Address = ["city", "country", "line1", "line2", "postal_code", "state"];

    public static readonly ObjectType Type = new("customer", "cus", """
        {
          "id": "", "object": "customer", "address": null, "balance": 0, "created": 0, "currency": null,
          "customer_account": null, "default_source": null, "delinquent": false, "description": null, "email": null,
          "invoice_prefix": "", "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null
          },
          "livemode": false, "metadata": {}, "name": null, "next_invoice_sequence": 1, "phone": null,
          "preferred_locales": [], "shipping": null, "tax_exempt": "none", "test_clock": null
        }
        """)
    {
        Includable = new Dictionary<string, Func<World, JsonObject, JsonNode?>>
        {
            ["sources"] = (world, customer) => ListOf(customer, "sources", Of(world, CardSources.Type, customer)),
            ["subscriptions"] = (world, customer) => ListOf(customer, "subscriptions",
                Of(world, Subscriptions.Type, customer).Where(one => !Subscriptions.IsOver(one))),
        },
        Shapes = [new Shape(ListsLeftOut, ShowLists)],
    };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Add(DeletedType);
        catalog.Post("/v1/customers", Create);
        catalog.Get("/v1/customers", List);
        catalog.Get("/v1/customers/{customer}", Retrieve);
        catalog.Post("/v1/customers/{customer}", Update);
        catalog.Delete("/v1/customers/{customer}", Delete);
    }

    /// <summary>A customer that Stripe makes by itself, as Checkout does.</summary>
    public static StripeObject Make(Operation operation, string? email, string? name) =>
        operation.Create(Type, new JsonObject
        {
            ["email"] = email,
            ["invoice_prefix"] = operation.World.Ids.Letters(8).ToUpperInvariant(),
            ["name"] = name,
        }, @event: "customer.created");

    /// <summary>Without a clock none of a test clock.</summary>
    private static Answer List(Call call)
    {
        var fits = call.Fits("email", "test_clock");
        var narrow = call.Params.Has("test_clock");
        return new Answer.Many(call.List(Type, item => fits(item) && (narrow || item.Clock is null)));
    }

    private static Answer Create(Call call)
    {
        var clock = call.Given(TestClocks.Type, "test_clock");
        var fields = new JsonObject { ["invoice_prefix"] = call.World.Ids.Letters(8).ToUpperInvariant() };
        if (clock is not null)
        {
            TestClocks.MakeRoom(call.World, clock);
            fields["test_clock"] = clock.Id;
        }

        var customer = call.Operation.Create(Type, fields, clock?.Id);
        call.Operation.Update(customer, body => Write(call.Params, body));
        CustomerMethods.Write(call, customer);
        call.Operation.Tell("customer.created", customer);
        GiveDiscount(call, customer);
        return Answer.Of(customer);
    }

    private static Answer Retrieve(Call call) =>
        call.World.Find(DeletedType, call.Route("customer")) is { } deleted
            ? new Answer.Plain(deleted.Body.Copy())
            : Answer.Of(call.Named(Type, "customer"));

    private static Answer Update(Call call)
    {
        var customer = call.Named(Type, "customer");
        call.Operation.Update(customer, body => Write(call.Params, body));
        CustomerMethods.Write(call, customer);
        GiveDiscount(call, customer);
        call.Operation.Tell("customer.updated", customer);
        return Answer.Of(customer);
    }

    private static Answer Delete(Call call)
    {
        var customer = call.Named(Type, "customer");
        return new Answer.Plain(Remove(call.Operation, customer).Body.Copy());
    }

    /// <summary>Deletes it: its subscriptions end, and a stub is left.</summary>
    public static StripeObject Remove(Operation operation, StripeObject customer)
    {
        Ending.OfCustomer(operation, customer);
        operation.Tell("customer.deleted", customer);
        operation.Remove(customer);
        return operation.Create(DeletedType, new JsonObject { ["id"] = customer.Id });
    }

    /// <summary><c>coupon</c> and <c>promotion_code</c>, as before basil.</summary>
    private static void GiveDiscount(Call call, StripeObject customer)
    {
        if (call.Version < ApiVersion.Basil && Discounts.Asked(call, call.Params) is { Count: > 0 } terms)
        {
            Discounts.Replace(call.Operation, terms, customer, customer);
        }
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "description", "email", "name", "phone");
        asked.SetHash(body, "address", Address);
        asked.SetMetadata(body);
        if (asked.Integer("balance") is { } balance)
        {
            body["balance"] = balance;
        }

        if (asked.OneOf("tax_exempt", "none", "exempt", "reverse") is { } exempt)
        {
            body["tax_exempt"] = exempt;
        }

        if (asked.Has("preferred_locales"))
        {
            body["preferred_locales"] =
                new JsonArray([.. asked.Texts("preferred_locales").Select(locale => JsonValue.Create(locale))]);
        }

        if (asked.Child("shipping") is { } shipping)
        {
            var held = new JsonObject();
            shipping.SetHash(held, "address", Address);
            shipping.Set(held, "name", "phone");
            held.TryAdd("phone", null);
            body["shipping"] = held;
        }
    }

    private static void ShowLists(World world, JsonObject body)
    {
        foreach (var (name, list) in Type!.Includable)
        {
            body[name] = list(world, body);
        }
    }

    private static IEnumerable<StripeObject> Of(World world, ObjectType type, JsonObject customer) =>
        world.All(type).Where(item => item.Text("customer") == customer.Text("id"));

    /// <summary>Newest first.</summary>
    private static JsonObject ListOf(JsonObject customer, string name, IEnumerable<StripeObject> items)
    {
        JsonNode[] shown = [.. items.Reverse().Select(item => item.Body.Copy())];
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray(shown),
            ["has_more"] = false,
            ["url"] = $"/v1/customers/{customer.Text("id")}/{name}",
        };
    }

    /// <summary>What is left of a deleted customer: reading it answers with this stub, not with 404.</summary>
    private static readonly ObjectType DeletedType = new("deleted_customer", "cus", """
        { "id": "", "object": "customer", "deleted": true }
        """);
}
