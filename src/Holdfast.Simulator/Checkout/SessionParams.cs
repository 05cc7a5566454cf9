using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Checkout;

/// <summary>Reads what a new Checkout session is made with.</summary>
internal static class SessionParams
{
    private const long ShortestSeconds = 30 * 60;
    private const long LongestSeconds = 24 * 60 * 60;
    private const int MaxReference = 200;

    /// <summary>A setup session has no prices; its payment methods are those of the account's own currency.</summary>
    private const string AccountCurrency = "usd";

    public static JsonObject Read(Call call, string mode, StripeObject? customer, string? currency)
    {
        var asked = call.Params;
        var fields = new JsonObject
        {
            ["currency"] = currency,
            ["customer"] = customer?.Id,
            ["expires_at"] = ExpiresAt(call, customer),
            ["mode"] = mode,
            ["payment_method_collection"] = PaymentMethodCollection(asked, mode),
            ["payment_status"] = mode is "setup" ? "no_payment_required" : "unpaid",
        };
        fields.Take(MethodTypes.Read(call, currency ?? AccountCurrency, automatic: true).Fields);
        fields.Remove("automatic_payment_methods");
        asked.SetMetadata(fields);
        asked.Set(fields, "client_reference_id", "customer_email", "locale", "integration_identifier");
        if (fields.Text("client_reference_id")?.Length > MaxReference)
        {
            throw ApiError.Invalid("client_reference_id", $"It may have {MaxReference} characters at most.");
        }

        ReadPage(call, fields);
        ReadCustomer(asked, fields, mode, customer);
        ReadManners(asked, fields);
        SessionDiscounts.Read(call, fields);
        return fields;
    }

    /// <summary>Where the page is shown, and where the customer goes from it.</summary>
    private static void ReadPage(Call call, JsonObject fields)
    {
        var ui = UiModes.Read(call);
        fields["ui_mode"] = ui;
        var asked = call.Params;
        if (ui is "hosted_page")
        {
            asked.Required("success_url");
            asked.Set(fields, "success_url", "cancel_url");
            return;
        }

        var redirect = asked.OneOf("redirect_on_completion", "always", "if_required", "never") ?? "always";
        fields["redirect_on_completion"] = redirect;
        if (redirect is not "never")
        {
            asked.Required("return_url");
            asked.Set(fields, "return_url");
        }
    }

    private static void ReadCustomer(Params asked, JsonObject fields, string mode, StripeObject? customer)
    {
        if (customer is not null && asked.Has("customer_email"))
        {
            throw ApiError.Exclusive("customer", "customer_email");
        }

        var creation = asked.OneOf("customer_creation", "always", "if_required");
        if (creation is not null && (customer is not null || mode is "subscription"))
        {
            throw ApiError.Invalid("customer_creation",
                "customer_creation can be used only in payment and setup mode, and not together with customer.");
        }

        fields["customer_creation"] = customer is not null ? null
            : creation ?? (mode is "subscription" ? "always" : "if_required");
        var email = customer?.Text("email") ?? fields.Text("customer_email");
        if (email is not null)
        {
            fields["customer_details"] = CustomerDetails.Of(email, null, null);
        }
    }

    /// <summary>How the page behaves; of little effect where nobody looks at it.</summary>
    private static void ReadManners(Params asked, JsonObject fields)
    {
        fields["allow_promotion_codes"] = asked.Flag("allow_promotion_codes");
        fields["billing_address_collection"] = asked.OneOf("billing_address_collection", "auto", "required");
        fields["submit_type"] = asked.OneOf("submit_type", "auto", "book", "donate", "pay", "subscribe");
        fields["origin_context"] = asked.OneOf("origin_context", "mobile_app", "web");
        if (asked.Child("phone_number_collection")?.Flag("enabled") is { } phone)
        {
            fields["phone_number_collection"] = new JsonObject { ["enabled"] = phone };
        }

        if (asked.Child("shipping_address_collection") is { } shipping)
        {
            fields["shipping_address_collection"] = new JsonObject
            {
                ["allowed_countries"] = new JsonArray(
                    [.. shipping.Texts("allowed_countries").Select(country => JsonValue.Create(country))]),
            };
        }

        if (asked.Child("customer_update") is { } update)
        {
            foreach (var name in (ReadOnlySpan<string>)["address", "name", "shipping"])
            {
                update.OneOf(name, "auto", "never");
            }
        }

        RefuseOn(asked, "automatic_tax", "automatic tax");
        RefuseOn(asked, "invoice_creation", "invoices for one-time payments in Checkout");
        RefuseOn(asked, "tax_id_collection", "the collection of tax ids");
        RefuseOn(asked, "adaptive_pricing", "adaptive pricing");
    }

    private static void RefuseOn(Params asked, string name, string what)
    {
        if (asked.Child(name)?.Flag("enabled") is true)
        {
            throw ApiError.Unsupported(what, asked.PathOf(name));
        }
    }

    private static string PaymentMethodCollection(Params asked, string mode)
    {
        var given = asked.OneOf("payment_method_collection", "always", "if_required");
        if (given is not null && mode is not "subscription")
        {
            throw ApiError.Invalid("payment_method_collection",
                "payment_method_collection can be used only in subscription mode.");
        }

        return given ?? (mode is "payment" ? "if_required" : "always");
    }

    private static long ExpiresAt(Call call, StripeObject? customer)
    {
        var now = call.Operation.Now(customer);
        var at = call.Params.Integer("expires_at") ?? now + LongestSeconds;
        return at >= now + ShortestSeconds && at <= now + LongestSeconds ? at : throw ApiError.Invalid("expires_at",
            "The `expires_at` timestamp must be from 30 minutes to 24 hours after the session is made.");
    }
}
