using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>A coupon at work for a customer, subscription or invoice. https://docs.stripe.com/api/discounts</summary>
internal static class Discounts
{
    private const string End = "discount.end";

    public static readonly ObjectType Type = new("discount", "di", """
        {
          "id": "", "object": "discount", "checkout_session": null, "customer": null, "customer_account": null,
          "end": null, "invoice": null, "invoice_item": null, "promotion_code": null,
          "source": { "coupon": null, "type": "coupon" }, "start": 0, "subscription": null, "subscription_item": null
        }
        """)
    {
        Shapes =
        [
            new Shape(ApiVersion.Clover, (_, body) =>
            {
                body["coupon"] = body["_coupon"]?.DeepClone();
                body.Remove("source");
                body.Remove("customer_account");
            }),
        ],
    };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.When(End, Drop);
        catalog.Delete("/v1/customers/{customer}/discount", call =>
            DeleteFrom(call, call.Named(Customers.Type, "customer")));
        catalog.Delete("/v1/subscriptions/{subscription}/discount", call =>
            DeleteFrom(call, call.Named(Subscriptions.Type, "subscription")));
    }

    /// <summary>
    /// The discounts a call asks for: <c>discounts[]</c>, or before basil <c>coupon</c> and <c>promotion_code</c>.
    /// </summary>
    public static IReadOnlyList<DiscountTerms> Asked(Call call, Params asked)
    {
        List<DiscountTerms> all = [];
        foreach (var one in asked.Children("discounts"))
        {
            all.Add(new DiscountTerms(
                call.Given(Coupons.Type, one, "coupon"), call.Given(PromotionCodes.Type, one, "promotion_code"),
                call.Given(Type, one, "discount")));
        }

        if (call.Version < ApiVersion.Basil
            && (call.Given(Coupons.Type, asked, "coupon"), call.Given(PromotionCodes.Type, asked, "promotion_code"))
                is var (coupon, code)
            && (coupon ?? code) is not null)
        {
            all.Add(new DiscountTerms(coupon, code, null));
        }

        return all;
    }

    /// <summary>Puts a coupon to work.</summary>
    /// <param name="holder">The customer, subscription or invoice that is to have it.</param>
    public static StripeObject Grant(
        Operation operation, DiscountTerms terms, StripeObject customer, StripeObject holder)
    {
        if (terms.Kept is { } kept)
        {
            return kept;
        }

        var coupon = terms.Code is { } code ? PromotionCodes.Redeem(operation, code, customer, OrderOf(holder))
            : terms.Coupon ?? throw ApiError.Missing("discounts[0][coupon]");
        if (coupon.Text("currency") is { } currency && (holder.Text("currency") ?? currency) != currency)
        {
            throw ApiError.State($"This coupon is in {currency}; it cannot be used here.", param: "coupon");
        }

        Coupons.Redeem(operation, coupon);
        var now = operation.Now(customer);
        var discount = operation.Create(Type, new JsonObject
        {
            ["_coupon"] = coupon.Body.Copy(),
            ["customer"] = customer.Id,
            ["end"] = coupon.Body.Number("duration_in_months") is { } months
                ? new Cycle(now, "month", months).Begin(1) : null,
            ["invoice"] = holder.Type == Invoices.Type ? holder.Id : null,
            ["promotion_code"] = terms.Code?.Id,
            ["source"] = new JsonObject { ["coupon"] = coupon.Id, ["type"] = "coupon" },
            ["start"] = now,
            ["subscription"] = holder.Type == Subscriptions.Type ? holder.Id : null,
        }, customer.Clock);
        if (discount.Body.Number("end") is { } end)
        {
            operation.Plan(end, End, discount);
        }

        return discount;
    }

    /// <summary>Grants all of them to a customer or subscription in place of what it had, and tells it.</summary>
    public static void Replace(
        Operation operation, IReadOnlyList<DiscountTerms> terms, StripeObject customer, StripeObject holder)
    {
        var had = Of(operation.World, holder);
        StripeObject[] has = [.. terms.Select(one => Grant(operation, one, customer, holder))];
        operation.Update(holder, body => Hold(body, has));
        foreach (var gone in had.Except(has))
        {
            operation.Unplan(End, gone);
            operation.Tell("customer.discount.deleted", gone);
        }

        foreach (var added in has.Except(had))
        {
            operation.Tell("customer.discount.created", added);
        }
    }

    public static IReadOnlyList<StripeObject> Of(World world, StripeObject holder) =>
        [.. Ids(holder).Select(id => world.Find(Type, id)).OfType<StripeObject>()];

    /// <summary>The one older versions show, of a subscription's or an invoice's body.</summary>
    public static JsonObject? LastOf(World world, JsonObject body) =>
        world.Find(Type, body.Items("discounts").LastOrDefault()?.GetValue<string>())?.Body.Copy();

    /// <summary>A coupon of duration once has done its work with the first invoice.</summary>
    public static void DropUsed(Operation operation, StripeObject invoice)
    {
        foreach (var discount in Of(operation.World, invoice))
        {
            if (discount.Text("_coupon.duration") is "once")
            {
                Drop(operation, discount);
            }
        }
    }

    /// <summary>Of a subscription that is over they stay as they are.</summary>
    public static void Keep(Operation operation, StripeObject subscription)
    {
        foreach (var discount in Of(operation.World, subscription))
        {
            operation.Unplan(End, discount);
        }
    }

    private static IEnumerable<string?> Ids(StripeObject holder) => holder.Type == Customers.Type
        ? [holder.Text("discount.id")]
        : holder.Body.Items("discounts").Select(id => id?.GetValue<string>());

    /// <summary>What a holder orders; null for a customer.</summary>
    private static (long Amount, string? Currency)? OrderOf(StripeObject holder)
    {
        if (holder.Type == Customers.Type)
        {
            return null;
        }

        var amount = holder.Type == Invoices.Type ? holder.Number("subtotal")
            : holder.Body.Objects("items").Sum(item =>
                Money.Round(Money.Of(item.Child("price")!, item.Number("quantity") ?? 1)));
        return (amount, holder.Text("currency"));
    }

    private static void Hold(JsonObject body, IReadOnlyList<StripeObject> discounts)
    {
        if (body.Text("object") is "customer")
        {
            body["discount"] = discounts is [.., var last] ? last.Body.Copy() : null;
        }
        else
        {
            body["discounts"] = new JsonArray([.. discounts.Select(one => JsonValue.Create(one.Id))]);
        }
    }

    /// <summary>Takes it from whoever has it; invoices it has worked on keep naming it.</summary>
    private static void Drop(Operation operation, StripeObject discount)
    {
        operation.Unplan(End, discount);
        var holder = operation.World.Find(Subscriptions.Type, discount.Text("subscription"))
            ?? operation.World.Find(Customers.Type, discount.Text("customer"));
        if (holder is null || !Ids(holder).Contains(discount.Id)
            || (holder.Type == Subscriptions.Type && Subscriptions.IsOver(holder)))
        {
            return;
        }

        operation.Update(holder, body => Hold(body, [.. Of(operation.World, holder).Where(one => one != discount)]));
        operation.Tell("customer.discount.deleted", discount);
        operation.Tell(holder.Type == Customers.Type ? "customer.updated" : "customer.subscription.updated", holder);
    }

    private static Answer.One DeleteFrom(Call call, StripeObject holder)
    {
        if (Of(call.World, holder) is not [.., var last])
        {
            throw ApiError.NotFound("discount", holder.Id, "id");
        }

        if (holder.Type == Subscriptions.Type && Subscriptions.IsOver(holder))
        {
            throw Ending.OnlyNotes();
        }

        Drop(call.Operation, last);
        var gone = last.Body.Copy();
        gone.Remove("end");
        gone["deleted"] = true;
        return new Answer.One(gone);
    }
}

/// <summary>One discount a caller asks for: a coupon, a promotion code, or one that is at work already.</summary>
internal sealed record DiscountTerms(StripeObject? Coupon, StripeObject? Code, StripeObject? Kept);
