using System.Text.Json.Nodes;
using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Payments;

namespace Holdfast.Simulator.Checkout;

/// <summary>
/// What a session hands on to the object it will make: <c>payment_intent_data</c>, <c>setup_intent_data</c> or
/// <c>subscription_data</c>. Kept hidden in the session until then.
/// </summary>
internal static class IntentData
{
    public static JsonObject Read(Call call, string mode)
    {
        var name = mode switch
        {
            "payment" => "payment_intent_data",
            "setup" => "setup_intent_data",
            _ => "subscription_data",
        };
        foreach (var other in (ReadOnlySpan<string>)["payment_intent_data", "setup_intent_data", "subscription_data"])
        {
            if (other != name && call.Params.Has(other))
            {
                throw ApiError.Invalid(other, $"You cannot pass {other} in {mode} mode.");
            }
        }

        var data = new JsonObject { ["metadata"] = new JsonObject() };
        var asked = call.Params.Child(name);
        if (mode is "subscription")
        {
            data["billing_mode"] = SubscriptionParams.ModeOf(call, asked);
        }

        if (asked is null)
        {
            return data;
        }

        asked.SetMetadata(data);
        asked.Set(data, "description");
        switch (mode)
        {
            case "payment":
                ReadPayment(asked, data);
                break;
            case "subscription":
                ReadSubscription(call, asked, data);
                break;
        }

        return data;
    }

    private static void ReadPayment(Params asked, JsonObject data)
    {
        asked.Set(data, "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group");
        if (asked.OneOf("capture_method", "automatic", "automatic_async", "manual") is { } capture)
        {
            data["capture_method"] = capture;
        }

        if (asked.OneOf("setup_future_usage", "off_session", "on_session") is { } usage)
        {
            data["setup_future_usage"] = usage;
        }

        if (asked.Has("shipping"))
        {
            data["shipping"] = Shippings.Read(asked, "shipping");
        }
    }

    private static void ReadSubscription(Call call, Params asked, JsonObject data)
    {
        const long DaySeconds = 24 * 60 * 60;
        var (days, end) = (asked.Integer("trial_period_days"), asked.Integer("trial_end"));
        if (days is not null && end is not null)
        {
            throw ApiError.Exclusive(asked.PathOf("trial_period_days"), asked.PathOf("trial_end"));
        }

        if (days is < 1 or > 730)
        {
            throw ApiError.Invalid(asked.PathOf("trial_period_days"), "A trial has from 1 to 730 days.");
        }

        if (end < call.World.Clock.Now.ToUnixTimeSeconds() + (2 * DaySeconds))
        {
            throw ApiError.Invalid(asked.PathOf("trial_end"), "A trial must end at least 48 hours from now.");
        }

        data["trial_period_days"] = days;
        data["trial_end"] = end;
        data["missing_payment_method"] = asked.Child("trial_settings")?.Child("end_behavior")?
            .OneOf("missing_payment_method", "cancel", "create_invoice", "pause");
    }
}
