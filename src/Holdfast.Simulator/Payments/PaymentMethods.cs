using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>
/// Payment methods. Stripe's test tokens (<c>pm_card_visa</c>) belong to nobody: using one makes a payment method of
/// its own. https://docs.stripe.com/api/payment_methods
/// </summary>
internal static class PaymentMethods
{
    public static readonly ObjectType Type = new("payment_method", "pm", """
        {
          "id": "", "object": "payment_method", "allow_redisplay": "unspecified",
          "billing_details": {
            "address": {
              "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null
            },
            "email": null, "name": null, "phone": null, "tax_id": null
          },
          "created": 0, "customer": null, "customer_account": null, "livemode": false, "metadata": {}, "type": "card"
        }
        """);

    public static StripeObject Make(
        Operation operation, TestCard card, long month = CardDetails.ExpiryMonth, long year = CardDetails.ExpiryYear,
        bool withCvc = true)
    {
        var method = operation.Create(Type, new JsonObject { ["card"] = CardDetails.OfMethod(card, month, year) });
        operation.UpdateHidden(method, hidden =>
        {
            hidden["card"] = card.Number;
            hidden["with_cvc"] = withCvc;
        });
        return method;
    }

    public static StripeObject Make(Operation operation, TestDebit debit, string token)
    {
        var method = operation.Create(Type, new JsonObject { ["type"] = debit.Type, [debit.Type] = debit.OfMethod() });
        operation.UpdateHidden(method, hidden => hidden["debit"] = token);
        return method;
    }

    /// <summary>The payment method or legacy card with this id, or one made from the test token of this name.</summary>
    public static StripeObject Resolve(Operation operation, string id, string param = "payment_method")
    {
        if (operation.World.Find(id) is { } known && (known.Type == Type || known.Type == CardSources.Type))
        {
            return known;
        }

        const string CardToken = "pm_card_";
        if (id.StartsWith(CardToken, StringComparison.Ordinal) && TestCards.Named(id[CardToken.Length..]) is { } card)
        {
            return Make(operation, card);
        }

        return TestDebit.Parse(id) is { } debit ? Make(operation, debit, id) : throw new ApiError(
            400, ApiError.InvalidRequest, $"No such PaymentMethod: '{id}'", "resource_missing", param);
    }

    /// <summary>
    /// The customer's own payment method with this id. Only what a test token makes becomes theirs by being named.
    /// </summary>
    public static StripeObject OfCustomer(Operation operation, StripeObject? customer, string id, string param)
    {
        var isKnown = operation.World.Find(id) is not null;
        var method = Resolve(operation, id, param);
        if (!isKnown && customer is not null)
        {
            Attach(operation, method, customer);
        }

        return customer is not null && method.Text("customer") == customer.Id ? method : throw ApiError.State(
            $"The customer has no payment method with the id {id}. Attach it to the customer first.",
            "resource_missing", param);
    }

    /// <summary>Keeps it for a customer. Throws when it is another's, was used up, or its bank declines.</summary>
    public static void Attach(Operation operation, StripeObject method, StripeObject customer)
    {
        if (method.Text("customer") == customer.Id)
        {
            return;
        }

        if (method.Text("customer") is not null)
        {
            throw ApiError.State(
                "This payment method is attached to a customer already.", "payment_method_unexpected_state");
        }

        RefuseSpent(method);
        if (TestCards.Behind(method) is { CanBeKept: false } card && card.DeclineOf(method) is { } decline)
        {
            throw Refusals.Of(decline);
        }

        operation.Update(method, body => body["customer"] = customer.Id);
        if (customer.Clock is { } clock)
        {
            operation.UpdateHidden(method, hidden => hidden["clock"] = clock);
        }

        operation.Tell("payment_method.attached", method);
    }

    /// <summary>Parts it from its customer for ever; where it was the default, nothing is.</summary>
    public static void Detach(Operation operation, StripeObject method)
    {
        var customer = operation.World.Find(Customers.Type, method.Text("customer")) ?? throw ApiError.State(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            "payment_method_unexpected_state");
        operation.Update(method, body => body["customer"] = null);
        operation.UpdateHidden(method, hidden => hidden["spent"] = true);
        operation.Tell("payment_method.detached", method);
        if (customer.Text("invoice_settings.default_payment_method") == method.Id)
        {
            operation.Update(
                customer, body => body["invoice_settings"]!["default_payment_method"] = null, "customer.updated");
        }

        Subscriptions.Forget(operation, method, customer);
    }

    /// <summary>Throws when it was used without a customer, or parted from one: then it cannot be used again.</summary>
    public static void RefuseSpent(StripeObject method)
    {
        if (method.Hidden.Flag("spent"))
        {
            throw ApiError.State(
                "This payment method was used without a customer, or detached from one, and cannot be used again.");
        }
    }
}
