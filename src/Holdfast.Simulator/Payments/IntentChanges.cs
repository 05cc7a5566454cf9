using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Payments;

/// <summary>What may change of a payment intent: once it is paid only what does not touch the money.</summary>
internal static class IntentChanges
{
    /// <summary>What an invoice decides for its payment.</summary>
    private static readonly string[] Money = ["amount", "capture_method", "currency", "customer"];

    private static readonly string[] Method =
    [
        "allowed_payment_method_types", "excluded_payment_method_types", "payment_method", "payment_method_data",
        "payment_method_types",
    ];

    public static void Apply(Call call, StripeObject intent)
    {
        IntentParams.RefuseConnect(call.Params);
        RefuseOfInvoice(call, intent);
        RefuseSettled(call, intent);
        call.Operation.Update(intent, body =>
        {
            call.Params.Set(body, "description");
            call.Params.SetMetadata(body);
            body.Take(IntentParams.Shared(call));
        });
        ChangeMoney(call, intent);
        ChangeTypes(call, intent);
        ChangeMethod(call, intent);
    }

    /// <summary>What may come with a confirmation.</summary>
    public static void ApplyForConfirm(Call call, StripeObject intent)
    {
        call.Operation.Update(intent, body => body.Take(IntentParams.Shared(call)));
        ChangeTypes(call, intent);
        ChangeMethod(call, intent);
    }

    private static void RefuseOfInvoice(Call call, StripeObject intent)
    {
        if (intent.Hidden.Text("invoice") is not null && Money.FirstOrDefault(call.Params.Has) is { } name)
        {
            throw ApiError.State(
                $"{intent.Id} pays an invoice, which alone decides its {name}.", "payment_intent_unexpected_state", name);
        }
    }

    private static void RefuseSettled(Call call, StripeObject intent)
    {
        if (Money.Concat(Method).FirstOrDefault(call.Params.Has) is { } name)
        {
            Intents.Require(call, intent, $"given another {name}",
                "requires_payment_method", "requires_confirmation", "requires_action");
        }
    }

    private static void ChangeMoney(Call call, StripeObject intent) => call.Operation.Update(intent, body =>
    {
        var asked = call.Params;
        if (asked.Has("currency"))
        {
            body["currency"] = Currencies.Read(asked, "currency");
        }

        if (asked.Has("amount"))
        {
            body["amount"] = IntentParams.Amount(asked, body.Text("currency")!);
        }

        if (call.Given(Customers.Type, "customer") is { } customer)
        {
            body["customer"] = customer.Id;
        }

        if (asked.OneOf("capture_method", "automatic", "automatic_async", "manual") is { } capture)
        {
            body["capture_method"] = capture;
        }
    });

    private static void ChangeTypes(Call call, StripeObject intent)
    {
        if (MethodTypes.IsGiven(call))
        {
            var types = MethodTypes.Read(call, intent.Text("currency")!, automatic: false);
            call.Operation.Update(intent, body => body.Take(types.Fields));
        }
    }

    private static void ChangeMethod(Call call, StripeObject intent)
    {
        var customer = call.World.Find(Customers.Type, intent.Text("customer"));
        string[] types = [.. intent.Body.Items("payment_method_types").Select(type => type!.GetValue<string>())];
        if (IntentParams.Method(call, customer, types) is { } method)
        {
            call.Operation.UpdateHidden(intent, hidden => hidden.Remove("authenticated"));
            call.Operation.Update(intent, body =>
            {
                body["payment_method"] = method.Id;
                body["next_action"] = null;
                body["status"] = "requires_confirmation";
            });
        }
    }
}
