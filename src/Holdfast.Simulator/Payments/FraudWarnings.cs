using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Early fraud warnings: the bank reports a fraud, and no money moves yet.
/// https://docs.stripe.com/api/radar/early_fraud_warnings
/// </summary>
internal static class FraudWarnings
{
    public static readonly ObjectType Type = new("radar.early_fraud_warning", "issfr", """
        {
          "id": "", "object": "radar.early_fraud_warning", "actionable": true, "charge": "", "created": 0,
          "fraud_type": "made_with_stolen_card", "livemode": false, "payment_intent": null
        }
        """);

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Get("/v1/radar/early_fraud_warnings", call => new Answer.Many(
            call.List(Type, call.Fits("charge", "payment_intent"))));
        catalog.Get("/v1/radar/early_fraud_warnings/{warning}", call => Answer.Of(call.Named(Type, "warning")));
    }

    public static void Make(Operation operation, StripeObject charge) => operation.Create(Type, new JsonObject
    {
        ["charge"] = charge.Id,
        ["payment_intent"] = charge.Text("payment_intent"),
    }, charge.Clock, "radar.early_fraud_warning.created");
}
