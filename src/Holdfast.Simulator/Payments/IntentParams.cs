using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Payments;

/// <summary>The parameters of a payment intent, with its creation, a change, or its confirmation.</summary>
internal static class IntentParams
{
    private const long MaxAmount = 99_999_999;

    /// <summary>Before, capture was synchronous unless asked otherwise.</summary>
    private static readonly ApiVersion AsyncCapture = ApiVersion.Of("2024-04-10");

    /// <summary>Since then payment methods come from the Dashboard unless types are named.</summary>
    private static readonly ApiVersion AutomaticMethods = ApiVersion.Of("2023-08-16");

    public static IntentTerms Read(Call call)
    {
        var asked = call.Params;
        RefuseConnect(asked);
        var currency = Currencies.Read(asked, "currency");
        var customer = call.Given(Customers.Type, "customer");
        var fields = Shared(call);
        var automatic = asked.Child("automatic_payment_methods");
        var types = MethodTypes.Read(call, currency, automatic is null
            ? call.Version >= AutomaticMethods : automatic.Flag("enabled") is true);
        fields.Take(types.Fields);
        if (automatic is not null && types.Fields["automatic_payment_methods"] is JsonObject shown)
        {
            shown["allow_redirects"] = automatic.OneOf("allow_redirects", "always", "never") ?? "always";
        }

        fields["confirmation_method"] = asked.OneOf("confirmation_method", "automatic", "manual") ?? "automatic";
        fields.Remove("setup_future_usage");
        var amount = Amount(asked, currency);
        return new IntentTerms(amount, currency)
        {
            Customer = customer,
            Method = Method(call, customer, types.Types),
            Description = asked.Text("description"),
            SetupFutureUsage = Usage(asked),
            Metadata = Metadata(asked),
            CaptureMethod = asked.OneOf("capture_method", "automatic", "automatic_async", "manual")
                ?? (call.Version >= AsyncCapture ? "automatic_async" : "automatic"),
            More = fields,
        };
    }

    /// <summary>The payment method a call gives to an intent: by id, by a test token or by its data.</summary>
    /// <param name="types">Those the intent takes; null takes all.</param>
    public static StripeObject? Method(Call call, StripeObject? customer, IReadOnlyList<string>? types)
    {
        StripeObject? method = null;
        if (call.Params.Child("payment_method_data") is { } data)
        {
            method = MethodParams.Make(call, data);
        }

        if (call.Params.Text("payment_method") is { Length: > 0 } id)
        {
            method = PaymentMethods.Resolve(call.Operation, id);
        }

        if (method is null)
        {
            return null;
        }

        PaymentMethods.RefuseSpent(method);
        if (method.Text("customer") is { } owner && owner != customer?.Id)
        {
            throw ApiError.State(
                $"The payment method {method.Id} belongs to a customer; name that customer to pay with it.",
                "payment_method_unexpected_state", "payment_method");
        }

        var type = method.Text("type") ?? "card";
        return types is null || types.Contains(type) ? method : throw ApiError.State(
            $"A payment method of type {type} is not allowed for this PaymentIntent.",
            "payment_intent_incompatible_payment_method", "payment_method");
    }

    /// <summary>What creation, change and confirmation have in common.</summary>
    public static JsonObject Shared(Call call)
    {
        var asked = call.Params;
        var fields = new JsonObject();
        asked.Set(fields, "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group");
        if (asked.Has("setup_future_usage"))
        {
            fields["setup_future_usage"] = Usage(asked);
        }

        if (asked.Has("shipping"))
        {
            fields["shipping"] = Shippings.Read(asked, "shipping");
        }

        if (asked.Child("payment_method_options")?.Child("card") is { } card)
        {
            fields["payment_method_options"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["installments"] = null,
                    ["mandate_options"] = null,
                    ["network"] = null,
                    ["request_three_d_secure"] =
                        card.OneOf("request_three_d_secure", "any", "automatic", "challenge") ?? "automatic",
                },
            };
        }

        return fields;
    }

    private static string? Usage(Params asked) =>
        asked.OneOf("setup_future_usage", "off_session", "on_session", "") is { Length: > 0 } usage ? usage : null;

    private static JsonObject Metadata(Params asked)
    {
        var held = new JsonObject { ["metadata"] = new JsonObject() };
        asked.SetMetadata(held);
        return held.Child("metadata")!.Copy();
    }

    public static long Amount(Params asked, string currency)
    {
        var amount = asked.RequiredInteger("amount");
        return amount switch
        {
            <= 0 => throw ApiError.Invalid("amount", "Invalid positive integer", "parameter_invalid_integer"),
            > MaxAmount => throw ApiError.Invalid(
                "amount", $"Amount must be no more than {MaxAmount}.", "amount_too_large"),
            _ when amount < Currencies.Minimum(currency) => throw ApiError.Invalid(
                "amount", $"Amount must be at least {Currencies.Minimum(currency)} {currency}.", "amount_too_small"),
            _ => amount,
        };
    }

    public static void RefuseConnect(Params asked)
    {
        foreach (var name in (ReadOnlySpan<string>)["application_fee_amount", "on_behalf_of", "transfer_data"])
        {
            if (asked.Has(name))
            {
                throw ApiError.Unsupported("payments for connected accounts", name);
            }
        }
    }
}
