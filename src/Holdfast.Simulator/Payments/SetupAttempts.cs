using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>Each try of a setup intent. https://docs.stripe.com/api/setup_attempts</summary>
internal static class SetupAttempts
{
    public static readonly ObjectType Type = new("setup_attempt", "setatt", """
        {
          "id": "", "object": "setup_attempt", "application": null, "created": 0, "customer": null,
          "customer_account": null, "flow_directions": null, "livemode": false, "on_behalf_of": null,
          "payment_method": "", "payment_method_details": {}, "setup_error": null, "setup_intent": "", "status": "",
          "usage": "off_session"
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Get("/v1/setup_attempts", call =>
        {
            call.Params.Required("setup_intent");
            return new Answer.Many(call.List(Type, call.Fits("setup_intent")));
        });
    }

    public static StripeObject Make(
        Operation operation, StripeObject intent, StripeObject method, string status, bool authenticated = false)
    {
        var type = method.Text("type") ?? "card";
        return operation.Create(Type, new JsonObject
        {
            ["customer"] = intent.Text("customer"),
            ["payment_method"] = method.Id,
            ["payment_method_details"] = new JsonObject
            {
                [type] = TestCards.Behind(method) is { } card ? CardDetails.OfAttempt(card, method, authenticated) : [],
                ["type"] = type,
            },
            ["setup_intent"] = intent.Id,
            ["status"] = status,
            ["usage"] = intent.Text("usage"),
        }, intent.Clock);
    }
}
