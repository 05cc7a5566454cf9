using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>A session's discount: given by the seller, or typed in by the customer where that is allowed.</summary>
internal static class SessionDiscounts
{
    public static void Read(Call call, JsonObject fields)
    {
        var terms = Discounts.Asked(call, call.Params);
        if (terms.Count > 0 && fields.Flag("allow_promotion_codes"))
        {
            throw ApiError.Exclusive("allow_promotion_codes", "discounts");
        }

        if (terms.Count > 1)
        {
            throw ApiError.Invalid("discounts", "A session takes one discount at most.");
        }

        foreach (var one in terms)
        {
            Give(call.World, fields, one, "discounts[0][coupon]");
        }
    }

    /// <summary>The customer typed a code.</summary>
    public static void Type(Operation operation, StripeObject session, string code)
    {
        var known = operation.World.All(PromotionCodes.Type).FirstOrDefault(one => one.Body.Flag("active")
            && string.Equals(one.Text("code"), code, StringComparison.OrdinalIgnoreCase));
        if (known is null || !session.Body.Flag("allow_promotion_codes"))
        {
            throw ApiError.State($"This code is invalid: {code}.", "promotion_code_invalid", "promotion_code");
        }

        PromotionCodes.Check(operation.World, known,
            operation.World.Find(Customers.Type, session.Text("customer")), OrderOf(session));
        operation.Update(session, body =>
            Give(operation.World, body, new DiscountTerms(null, known, null), "promotion_code"));
        Sums.Write(operation, session);
    }

    public static IReadOnlyList<DiscountTerms> Of(World world, StripeObject session) =>
        [.. session.Body.Objects("discounts").Select(one => new DiscountTerms(
            world.Find(Coupons.Type, one.Text("coupon")),
            world.Find(PromotionCodes.Type, one.Text("promotion_code")), null))];

    public static StripeObject CouponOf(World world, DiscountTerms terms) =>
        terms.Coupon ?? world.Find(Coupons.Type, terms.Code?.Text("promotion.coupon"))
        ?? throw ApiError.State("The coupon of this session was deleted.", "coupon_expired");

    /// <summary>A one-time payment uses the coupon up; a subscription's own discount does that by itself.</summary>
    public static void Redeem(Operation operation, StripeObject session, StripeObject? customer)
    {
        foreach (var terms in Of(operation.World, session))
        {
            Coupons.Redeem(operation, terms.Code is { } code
                ? PromotionCodes.Redeem(operation, code, customer, OrderOf(session)) : CouponOf(operation.World, terms));
        }
    }

    private static (long Amount, string? Currency) OrderOf(StripeObject session) =>
        (session.Number("amount_subtotal"), session.Text("currency"));

    private static void Give(World world, JsonObject body, DiscountTerms terms, string param)
    {
        var coupon = CouponOf(world, terms);
        if (!coupon.Body.Flag("valid"))
        {
            throw ApiError.State($"This coupon is no longer valid: {coupon.Id}.", "coupon_expired", param);
        }

        if (coupon.Text("currency") is { } currency && body.Text("currency") is { } own && own != currency)
        {
            throw ApiError.State($"This coupon is in {currency}, the session in {own}.", param: param);
        }

        body["discounts"] = new JsonArray(new JsonObject
        {
            ["coupon"] = terms.Coupon?.Id,
            ["promotion_code"] = terms.Code?.Id,
        });
    }
}
