using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>Promotion codes: what a customer types for a coupon. https://docs.stripe.com/api/promotion_codes</summary>
internal static class PromotionCodes
{
    private const int CodeLength = 8;

    public static readonly ObjectType Type = new("promotion_code", "promo", """
        {
          "id": "", "object": "promotion_code", "active": true, "code": "", "created": 0, "customer": null,
          "customer_account": null, "expires_at": null, "livemode": false, "max_redemptions": null, "metadata": {},
          "promotion": { "coupon": null, "type": "coupon" },
          "restrictions": { "first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null },
          "times_redeemed": 0
        }
        """)
    {
        Shapes =
        [
            new Shape(ApiVersion.Clover, (_, body) =>
            {
                body["coupon"] = body["_coupon"]?.DeepClone();
                body.Remove("promotion");
                body.Remove("customer_account");
            }),
        ],
    };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/promotion_codes", Create);
        catalog.Get("/v1/promotion_codes", List);
        catalog.Get("/v1/promotion_codes/{promotion_code}", call =>
            Answer.Of(call.Named(Type, "promotion_code", "promotion_code")));
        catalog.Post("/v1/promotion_codes/{promotion_code}", Update);
    }

    private static Answer List(Call call)
    {
        var (fits, ofCoupon) = (call.Fits("active", "code", "customer"), call.FitsAt("coupon", "promotion.coupon"));
        return new Answer.Many(call.List(Type, code => fits(code) && ofCoupon(code)));
    }

    /// <summary>One more use of it, by this customer or a guest; refused when it is not for them, not now or no more.</summary>
    public static StripeObject Redeem(
        Operation operation, StripeObject code, StripeObject? customer, (long Amount, string? Currency)? order)
    {
        Check(operation.World, code, customer, order);
        operation.Update(code, body =>
        {
            body["times_redeemed"] = code.Number("times_redeemed") + 1;
            body["active"] = !(body.Number("times_redeemed") >= body.Number("max_redemptions"));
        });
        return operation.World.Find(Coupons.Type, code.Text("promotion.coupon"))
            ?? throw ApiError.State("The coupon of this promotion code was deleted.", param: "promotion_code");
    }

    /// <summary>Throws when it is not for them, not now, not for so little or no more.</summary>
    /// <param name="order">What it is to be taken off; null for a customer, who has ordered nothing yet.</param>
    public static void Check(
        World world, StripeObject code, StripeObject? customer, (long Amount, string? Currency)? order)
    {
        if (!code.Body.Flag("active") || code.Body.Number("expires_at") <= world.Now(null)
            || (code.Text("customer") is { } owner && owner != customer?.Id))
        {
            throw ApiError.State(
                $"This promotion code cannot be redeemed: {code.Text("code")}.", param: "promotion_code");
        }

        if (code.Body.Flag("restrictions.first_time_transaction") && HasPaid(world, customer))
        {
            throw ApiError.State(
                "This promotion code cannot be redeemed: the customer has paid before.", param: "promotion_code");
        }

        if (order is { } asked && code.Body.Number("restrictions.minimum_amount") is { } least
            && (asked.Amount < least || asked.Currency != code.Text("restrictions.minimum_amount_currency")))
        {
            throw ApiError.State(
                "This promotion code cannot be redeemed: the order is below its minimum.", param: "promotion_code");
        }
    }

    private static bool HasPaid(World world, StripeObject? customer) => customer is not null
        && (world.All(Charges.Type).Any(charge =>
            charge.Text("customer") == customer.Id && charge.Status is "succeeded")
            || world.All(Invoices.Type).Any(invoice =>
                invoice.Text("customer") == customer.Id && invoice.Number("amount_paid") > 0));

    private static Answer Create(Call call)
    {
        var asked = call.Params;
        var (coupon, param) = CouponOf(call);
        var code = asked.Text("code") is { Length: > 0 } given ? given
            : call.World.Ids.Letters(CodeLength).ToUpperInvariant();
        if (call.World.All(Type).Any(other => other.Body.Flag("active")
            && string.Equals(other.Text("code"), code, StringComparison.OrdinalIgnoreCase)))
        {
            throw ApiError.State($"An active promotion code with `code: {code}` already exists.", param: "code");
        }

        if (!coupon.Body.Flag("valid"))
        {
            throw ApiError.State($"This coupon is no longer valid: {coupon.Id}.", "coupon_expired", param);
        }

        var restrictions = asked.Child("restrictions");
        var made = call.Operation.Create(Type, new JsonObject
        {
            ["_coupon"] = coupon.Body.Copy(),
            ["code"] = code,
            ["customer"] = call.Given(Customers.Type, "customer")?.Id,
            ["expires_at"] = asked.Integer("expires_at"),
            ["max_redemptions"] = asked.Integer("max_redemptions"),
            ["promotion"] = new JsonObject { ["coupon"] = coupon.Id, ["type"] = "coupon" },
            ["restrictions"] = new JsonObject
            {
                ["first_time_transaction"] = restrictions?.Flag("first_time_transaction") ?? false,
                ["minimum_amount"] = restrictions?.Integer("minimum_amount"),
                ["minimum_amount_currency"] = restrictions?.Integer("minimum_amount") is null ? null
                    : Currencies.Read(restrictions, "minimum_amount_currency"),
            },
        });
        call.Operation.Update(made, body => Write(asked, body));
        call.Operation.Tell("promotion_code.created", made);
        return Answer.Of(made);
    }

    /// <summary>Before clover <c>coupon</c> stood by itself.</summary>
    private static (StripeObject Coupon, string Param) CouponOf(Call call)
    {
        if (call.Params.Child("promotion") is not { } promotion)
        {
            call.Params.Required("coupon");
            return (call.Given(Coupons.Type, "coupon")!, "coupon");
        }

        promotion.Required("type");
        promotion.OneOf("type", "coupon");
        promotion.Required("coupon");
        return (call.Given(Coupons.Type, promotion, "coupon")!, promotion.PathOf("coupon"));
    }

    private static Answer Update(Call call)
    {
        var code = call.Named(Type, "promotion_code", "promotion_code");
        call.Operation.Update(code, body => Write(call.Params, body), "promotion_code.updated");
        return Answer.Of(code);
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.SetMetadata(body);
        if (asked.Flag("active") is { } active)
        {
            body["active"] = active;
        }
    }
}
