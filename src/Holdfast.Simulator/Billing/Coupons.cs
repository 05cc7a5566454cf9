using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Coupons. https://docs.stripe.com/api/coupons</summary>
internal static class Coupons
{
    private const string Expire = "coupon.expire";

    public static readonly ObjectType Type = new("coupon", "coupon", """
        {
          "id": "", "object": "coupon", "amount_off": null, "created": 0, "currency": null, "duration": "once",
          "duration_in_months": null, "livemode": false, "max_redemptions": null, "metadata": {}, "name": null,
          "percent_off": null, "redeem_by": null, "times_redeemed": 0, "valid": true
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/coupons", Create);
        catalog.Get("/v1/coupons", call => new Answer.Many(call.List(Type)));
        catalog.Get("/v1/coupons/{coupon}", call => Answer.Of(call.Named(Type, "coupon", "coupon")));
        catalog.Post("/v1/coupons/{coupon}", Update);
        catalog.Delete("/v1/coupons/{coupon}", Delete);
        catalog.When(Expire, (operation, coupon) =>
            operation.Update(coupon, body => body["valid"] = false, "coupon.updated"));
    }

    /// <summary>One more use of it; refused when there may be none.</summary>
    public static void Redeem(Operation operation, StripeObject coupon)
    {
        if (!coupon.Body.Flag("valid"))
        {
            throw ApiError.State($"This coupon has expired or was used up: {coupon.Id}.", "coupon_expired", "coupon");
        }

        operation.Update(coupon, body =>
        {
            body["times_redeemed"] = coupon.Number("times_redeemed") + 1;
            body["valid"] = !(body.Number("times_redeemed") >= body.Number("max_redemptions"));
        });
    }

    private static Answer Create(Call call)
    {
        var asked = call.Params;
        var fields = new JsonObject
        {
            ["id"] = asked.Text("id") is { Length: > 0 } id ? FreeId(call, id) : call.World.Ids.Letters(8),
            ["duration"] = asked.OneOf("duration", "forever", "once", "repeating") ?? "once",
            ["max_redemptions"] = Positive(asked, "max_redemptions"),
            ["redeem_by"] = asked.Integer("redeem_by"),
        };
        WriteWorth(asked, fields);
        WriteMonths(asked, fields);
        var coupon = call.Operation.Create(Type, fields);
        call.Operation.Update(coupon, body => Write(asked, body));
        call.Operation.Tell("coupon.created", coupon);
        if (coupon.Body.Number("redeem_by") is { } until)
        {
            call.Operation.Plan(until, Expire, coupon);
        }

        return Answer.Of(coupon);
    }

    private static void WriteWorth(Params asked, JsonObject fields)
    {
        switch (asked.Decimal("percent_off"), asked.Integer("amount_off"))
        {
            case (null, null):
                throw ApiError.Missing("percent_off");
            case ({ }, { }):
                throw ApiError.Exclusive("percent_off", "amount_off");
            case ({ } percent, _):
                fields["percent_off"] = percent is > 0 and <= 100 ? percent
                    : throw ApiError.Invalid("percent_off", "percent_off must be more than 0 and at most 100.");
                break;
            case (_, { } amount):
                fields["amount_off"] = amount > 0 ? amount
                    : throw ApiError.Invalid("amount_off", "Invalid positive integer", "parameter_invalid_integer");
                fields["currency"] = Currencies.Read(asked, "currency");
                break;
        }
    }

    private static void WriteMonths(Params asked, JsonObject fields)
    {
        var months = Positive(asked, "duration_in_months");
        if (months is null != (fields.Text("duration") is not "repeating"))
        {
            throw ApiError.Invalid(
                "duration_in_months", "duration_in_months goes with a duration of repeating, and with no other.");
        }

        fields["duration_in_months"] = months;
    }

    private static long? Positive(Params asked, string name) => asked.Integer(name) switch
    {
        null => null,
        > 0 and var number => number,
        _ => throw ApiError.Invalid(name, "Invalid positive integer", "parameter_invalid_integer"),
    };

    private static string FreeId(Call call, string id) => call.World.Find(Type, id) is null ? id
        : throw ApiError.State("Coupon already exists.", "resource_already_exists", "id");

    private static Answer Update(Call call)
    {
        var coupon = call.Named(Type, "coupon", "coupon");
        call.Operation.Update(coupon, body => Write(call.Params, body), "coupon.updated");
        return Answer.Of(coupon);
    }

    /// <summary>Nobody can use it any more; who has its discount keeps it.</summary>
    private static Answer Delete(Call call)
    {
        var coupon = call.Named(Type, "coupon", "coupon");
        call.Operation.Unplan(Expire, coupon);
        call.Operation.Update(coupon, body => body["valid"] = false);
        call.Operation.Tell("coupon.deleted", coupon);
        call.Operation.Remove(coupon);
        return Answer.Deleted(coupon);
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "name");
        asked.SetMetadata(body);
    }
}
