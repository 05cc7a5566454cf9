using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Setup intents: a payment method is made ready to be charged later, with the customer's consent.
/// https://docs.stripe.com/api/setup_intents
/// </summary>
internal static class SetupIntents
{
    public static readonly ObjectType Type = new("setup_intent", "seti", """
        {
          "id": "", "object": "setup_intent", "allowed_payment_method_types": null, "application": null,
          "automatic_payment_methods": null, "cancellation_reason": null, "client_secret": null, "created": 0,
          "customer": null, "customer_account": null, "description": null, "excluded_payment_method_types": null,
          "flow_directions": null, "last_setup_error": null, "latest_attempt": null, "livemode": false,
          "managed_payments": null, "mandate": null, "metadata": {}, "next_action": null, "on_behalf_of": null,
          "payment_method": null, "payment_method_configuration_details": null,
          "payment_method_options": {
            "card": { "mandate_options": null, "network": null, "request_three_d_secure": "automatic" }
          },
          "payment_method_types": ["card"], "single_use_mandate": null, "status": "requires_payment_method",
          "usage": "off_session"
        }
        """)
    {
        Shapes =
        [
            new(ApiVersion.Of("2026-09-30.endive"), (_, body) => body.Remove("allowed_payment_method_types")),
            new(ApiVersion.Of("2019-02-11"), PaymentIntents.NameSources),
        ],
    };

    /// <summary>A new one, told as <c>setup_intent.created</c>.</summary>
    public static StripeObject Make(
        Operation operation, StripeObject? customer, StripeObject? method, string usage, JsonObject? more = null)
    {
        var fields = new JsonObject
        {
            ["customer"] = customer?.Id,
            ["payment_method"] = method?.Id,
            ["status"] = method is null ? "requires_payment_method" : "requires_confirmation",
            ["usage"] = usage,
        };
        fields.Take(more ?? []);
        var intent = operation.Create(Type, fields, customer?.Clock);
        operation.Update(intent, body => body["client_secret"] = Intents.NewSecret(operation, intent));
        operation.Tell("setup_intent.created", intent);
        return intent;
    }

    /// <summary>One attempt. A decline does not throw: status and <c>last_setup_error</c> say how it ended.</summary>
    public static void Confirm(Operation operation, StripeObject intent)
    {
        var method = MethodOf(operation, intent);
        operation.Update(intent, body =>
        {
            body["last_setup_error"] = null;
            body["next_action"] = null;
        });
        if (TestCards.Behind(method) is { } card
            && card.AsksForCustomer(offSession: false, isSetUp: false, Wants3ds(intent)))
        {
            operation.Update(intent, body =>
            {
                body["status"] = "requires_action";
                body["next_action"] = NextAction.For(operation, intent);
            });
            operation.Tell("setup_intent.requires_action", intent);
        }
        else
        {
            SetUp(operation, intent, method);
        }

        operation.World.Catalog.Settled(operation, intent);
    }

    /// <summary>The customer came back from 3-D Secure.</summary>
    public static void EndAuthentication(Operation operation, StripeObject intent, bool succeeded)
    {
        var method = MethodOf(operation, intent);
        operation.Update(intent, body => body["next_action"] = null);
        if (succeeded)
        {
            SetUp(operation, intent, method, authenticated: true);
        }
        else
        {
            Fail(operation, intent, method, new Decline(
                "setup_intent_authentication_failure", null,
                "The customer did not prove who they are. Try another payment method, or this one again.", null));
        }

        operation.World.Catalog.Settled(operation, intent);
    }

    public static void Cancel(Operation operation, StripeObject intent, string? reason)
    {
        operation.Update(intent, body =>
        {
            body["status"] = "canceled";
            body["cancellation_reason"] = reason;
            body["next_action"] = null;
        });
        operation.Tell("setup_intent.canceled", intent);
        operation.World.Catalog.Settled(operation, intent);
    }

    private static void SetUp(
        Operation operation, StripeObject intent, StripeObject method, bool authenticated = false)
    {
        var card = TestCards.Behind(method);
        if (card is { CanBeKept: false } && card.DeclineOf(method) is { } decline)
        {
            Fail(operation, intent, method, decline);
            return;
        }

        if (operation.World.Find(Customers.Type, intent.Text("customer")) is { } customer)
        {
            PaymentMethods.Attach(operation, method, customer);
        }

        operation.UpdateHidden(method, hidden => hidden["set_up"] = intent.Text("usage") is "off_session");
        var attempt = SetupAttempts.Make(operation, intent, method, "succeeded", authenticated);
        operation.Update(intent, body =>
        {
            body["status"] = "succeeded";
            body["latest_attempt"] = attempt.Id;
        });
        operation.Tell("setup_intent.succeeded", intent);
    }

    private static void Fail(Operation operation, StripeObject intent, StripeObject method, Decline decline)
    {
        var attempt = SetupAttempts.Make(operation, intent, method, "failed");
        operation.Update(intent, body =>
        {
            body["status"] = "requires_payment_method";
            body["payment_method"] = null;
            body["last_setup_error"] = Refusals.ErrorOf(decline, null, method);
            body["latest_attempt"] = attempt.Id;
        });
        operation.Update(attempt, body => body["setup_error"] = intent.Body["last_setup_error"]?.DeepClone());
        operation.Tell("setup_intent.setup_failed", intent);
    }

    private static bool Wants3ds(StripeObject intent) =>
        intent.Text("payment_method_options.card.request_three_d_secure") is "any" or "challenge";

    private static StripeObject MethodOf(Operation operation, StripeObject intent) =>
        operation.World.Find(intent.Text("payment_method") ?? "")
        ?? throw new InvalidOperationException($"{intent} has no payment method.");
}
