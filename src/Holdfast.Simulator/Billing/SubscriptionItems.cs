using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// Subscription items, which live in their subscription's body. https://docs.stripe.com/api/subscription_items
/// </summary>
internal static class SubscriptionItems
{
    public static readonly ObjectType Type = new("subscription_item", "si", """
        {
          "id": "", "object": "subscription_item", "billing_thresholds": null, "created": 0, "current_period_end": 0,
          "current_period_start": 0, "current_trial": null, "discounts": [], "metadata": {}, "plan": null,
          "price": null, "quantity": 1, "subscription": "", "tax_rates": []
        }
        """)
    {
        Shapes =
        [
            new Shape(ApiVersion.Of("2026-03-25.dahlia"), (_, body) => body.Remove("current_trial")),
            new Shape(ApiVersion.Basil, (_, body) =>
            {
                body.Remove("current_period_end");
                body.Remove("current_period_start");
            }),
        ],
    };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/subscription_items", Create);
        catalog.Get("/v1/subscription_items", List);
        catalog.Get("/v1/subscription_items/{item}", call => new Answer.One(Named(call).Item));
        catalog.Post("/v1/subscription_items/{item}", Update);
        catalog.Delete("/v1/subscription_items/{item}", Delete);
    }

    public static JsonObject Make(
        World world, StripeObject subscription, ItemTerms terms, (long Start, long End) period)
    {
        var item = Type.NewBody();
        item["id"] = world.Ids.Next(Type.Prefix);
        item["created"] = world.Now(subscription.Clock);
        item["metadata"] = terms.Metadata?.Copy() ?? [];
        item["quantity"] = terms.Quantity;
        item["subscription"] = subscription.Id;
        SetPrice(item, terms.Price.Body);
        SetPeriod(item, period);
        return item;
    }

    public static void SetPrice(JsonObject item, JsonObject price)
    {
        item["plan"] = Plans.Of(price);
        item["price"] = price.Copy();
    }

    public static void SetPeriod(JsonObject item, (long Start, long End) period)
    {
        item["current_period_start"] = period.Start;
        item["current_period_end"] = period.End;
    }

    /// <summary>A changed price shows in all subscriptions to it.</summary>
    public static void Follow(Operation operation, StripeObject price)
    {
        foreach (var subscription in operation.World.All(Subscriptions.Type))
        {
            if (subscription.Body.Objects("items").Any(item => item.Text("price.id") == price.Id))
            {
                operation.Update(subscription, body =>
                {
                    foreach (var item in body.Objects("items").Where(item => item.Text("price.id") == price.Id))
                    {
                        SetPrice(item, price.Body);
                    }
                });
            }
        }
    }

    public static (StripeObject Subscription, JsonObject Item)? Find(World world, string id)
    {
        foreach (var subscription in world.All(Subscriptions.Type))
        {
            if (subscription.Body.Objects("items").FirstOrDefault(item => item.Text("id") == id) is { } item)
            {
                return (subscription, item);
            }
        }

        return null;
    }

    private static (StripeObject Subscription, JsonObject Item) Named(Call call) =>
        Find(call.World, call.Route("item")) ?? throw ApiError.NotFound(Type, call.Route("item"), "item");

    private static Answer Create(Call call)
    {
        call.Params.Required("subscription");
        var subscription = call.Given(Subscriptions.Type, "subscription")!;
        var before = subscription.Body.Objects("items").Select(item => item.Text("id")).ToHashSet();
        Changing.Apply(call.Operation, subscription, ChangeParams.ChangeOf(
            call, [ChangeParams.ItemOf(call, call.Params)]));
        return new Answer.One(subscription.Body.Objects("items").First(item => !before.Contains(item.Text("id"))));
    }

    private static Answer Update(Call call)
    {
        var (subscription, item) = Named(call);
        var id = item.Text("id")!;
        Changing.Apply(call.Operation, subscription, ChangeParams.ChangeOf(
            call, [ChangeParams.ItemOf(call, call.Params) with { Id = id }]));
        return new Answer.One(subscription.Body.Objects("items").First(one => one.Text("id") == id));
    }

    private static Answer Delete(Call call)
    {
        var (subscription, item) = Named(call);
        if (subscription.Body.Items("items").Count == 1)
        {
            throw ApiError.State("A subscription must have at least one active plan. Cancel it instead.");
        }

        var id = item.Text("id")!;
        Changing.Apply(call.Operation, subscription, ChangeParams.ChangeOf(
            call, [new ItemChange { Id = id, IsDeleted = true }]));
        return new Answer.Plain(new JsonObject { ["id"] = id, ["object"] = Type.Name, ["deleted"] = true });
    }

    private static Answer List(Call call)
    {
        call.Params.Required("subscription");
        var subscription = call.Given(Subscriptions.Type, "subscription")!;
        return new Answer.Many(call.List(subscription.Body.Objects("items")));
    }
}
