using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>Reads what a call changes of a subscription.</summary>
internal static class ChangeParams
{
    /// <summary>A change through the items alone.</summary>
    public static ChangeTerms ChangeOf(Call call, IReadOnlyList<ItemChange> items) => new()
    {
        Call = call,
        Items = items,
        OffSession = call.Params.Flag("off_session") ?? true,
        PaymentBehavior = SubscriptionParams.BehaviorOf(call.Params),
        ProrationBehavior = SubscriptionParams.ProrationOf(call.Params),
        ProrationDate = call.Params.Integer("proration_date"),
    };

    /// <summary>A change of the subscription itself.</summary>
    public static ChangeTerms ChangeOf(Call call, StripeObject subscription)
    {
        var (asked, now) = (call.Params, call.Operation.Now(subscription));
        var customer = call.World.Find(Customers.Type, subscription.Text("customer"));
        var method = customer is null ? null : SubscriptionParams.PaymentMethodOf(call, customer);
        var trial = asked.Text("trial_end");
        var (collection, days) = (SubscriptionParams.MethodOfCollection(asked), SubscriptionParams.DaysOf(asked));
        var missing = SubscriptionParams.MissingMethodOf(asked);
        var restarts = asked.OneOf("billing_cycle_anchor", "now", "unchanged") is "now";
        return ChangeOf(call, [.. asked.Children("items").Select(item => ItemOf(call, item))]) with
        {
            Discounts = asked.Has("discounts") || asked.Has("coupon") || asked.Has("promotion_code")
                ? Discounts.Asked(call, asked) : null,
            EndsTrial = trial is "now",
            Restarts = restarts,
            TrialEnd = trial is null or "" or "now" ? null
                : SubscriptionParams.Future(asked.Integer("trial_end"), now, "trial_end"),
            Write = body =>
            {
                body["default_payment_method"] = method?.Id ?? body.Text("default_payment_method");
                body["collection_method"] = collection ?? body.Text("collection_method");
                body["days_until_due"] = days ?? body.Number("days_until_due");
                body.Child("trial_settings.end_behavior")!["missing_payment_method"] =
                    missing ?? body.Text("trial_settings.end_behavior.missing_payment_method");
                SubscriptionParams.WriteCommon(asked, body, now);
                Ending.WriteDetails(asked, body);
                WritePause(asked, body);
            },
        };
    }

    public static ItemChange ItemOf(Call call, Params asked) => new()
    {
        Id = asked.Text("id") is { Length: > 0 } id ? id : null,
        IsDeleted = asked.Flag("deleted") is true,
        Price = SubscriptionParams.PriceOf(call, asked),
        Quantity = SubscriptionParams.QuantityOf(asked),
        Write = item => asked.SetMetadata(item),
    };

    private static void WritePause(Params asked, JsonObject body)
    {
        if (!asked.Has("pause_collection"))
        {
            return;
        }

        if (asked.Child("pause_collection") is not { } pause)
        {
            body["pause_collection"] = null;
            return;
        }

        pause.Required("behavior");
        body["pause_collection"] = new JsonObject
        {
            ["behavior"] = pause.OneOf("behavior", "keep_as_draft", "mark_uncollectible", "void"),
            ["resumes_at"] = pause.Integer("resumes_at"),
        };
    }
}
