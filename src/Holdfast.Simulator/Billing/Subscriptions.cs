using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// Subscriptions. <c>billing_mode</c> says what was asked for; prorations are computed as in classic mode all the same.
/// https://docs.stripe.com/api/subscriptions
/// </summary>
internal static class Subscriptions
{
    public static readonly ObjectType Type = new("subscription", "sub", """
        {
          "id": "", "object": "subscription", "application": null, "application_fee_percent": null,
          "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null }, "billing_cycle_anchor": 0,
          "billing_cycle_anchor_config": null, "billing_mode": { "flexible": null, "type": "classic" },
          "billing_schedules": [], "billing_thresholds": null, "cancel_at": null, "cancel_at_period_end": false,
          "canceled_at": null, "cancellation_details": {
            "comment": null, "feedback": null, "feedback_option": null, "reason": null
          },
          "collection_method": "charge_automatically", "created": 0, "currency": "usd", "customer": "",
          "customer_account": null, "days_until_due": null, "default_payment_method": null, "default_source": null,
          "default_tax_rates": [], "description": null, "discounts": [], "ended_at": null, "invoice_settings": {
            "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null,
            "issuer": { "type": "self" }
          },
          "items": { "object": "list", "data": [], "has_more": false, "url": "" }, "latest_invoice": null,
          "livemode": false, "managed_payments": null, "metadata": {}, "next_pending_invoice_item_invoice": null,
          "on_behalf_of": null, "pause_collection": null, "payment_settings": {
            "payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off"
          },
          "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null, "schedule": null,
          "start_date": 0, "status": "incomplete", "test_clock": null, "transfer_data": null, "trial_end": null,
          "trial_settings": {
            "end_behavior": { "billing_cycle_anchor": null, "missing_payment_method": "create_invoice" }
          },
          "trial_start": null
        }
        """)
    { Shapes = SubscriptionShapes.All };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/subscriptions", call =>
            Answer.Of(Start(call.Operation, SubscriptionParams.TermsOf(call), call)));
        catalog.Get("/v1/subscriptions", List);
        catalog.Get("/v1/subscriptions/{subscription}", call => Answer.Of(Named(call)));
        catalog.Post("/v1/subscriptions/{subscription}", Update);
        catalog.Delete("/v1/subscriptions/{subscription}", call => Ending.Cancel(call, Named(call)));
        catalog.Post("/v1/subscriptions/{subscription}/cancel", call => Ending.Cancel(call, Named(call)));
        catalog.Post("/v1/subscriptions/{subscription}/pause", call => Pausing.Pause(call, Named(call)));
        catalog.Post("/v1/subscriptions/{subscription}/resume", call => Pausing.Resume(call, Named(call)));
        catalog.Post("/v1/subscriptions/{subscription}/migrate", _ =>
            throw ApiError.Unsupported("migrating a subscription to another billing mode"));
        SubscriptionItems.Map(catalog);
        Subscribing.Map(catalog);
        Renewal.Map(catalog);
        Ending.Map(catalog);
        Pausing.Map(catalog);
    }

    /// <summary>
    /// Begins a subscription: the first invoice, its payment where the terms want one, and the events of it all.
    /// </summary>
    /// <param name="call">Whose error shows a first payment that must not fail; null outside of a call.</param>
    public static StripeObject Start(Operation operation, SubscriptionTerms terms, Call? call = null) =>
        Subscribing.Start(operation, terms, call);

    public static (long Start, long End) PeriodOf(StripeObject subscription) =>
        subscription.Body.Objects("items").First() is var item
            ? (item.Number("current_period_start") ?? 0, item.Number("current_period_end") ?? 0)
            : default;

    public static bool IsOver(StripeObject subscription) => subscription.Status is "canceled" or "incomplete_expired";

    /// <summary>A payment method was parted from its customer: no subscription of theirs pays with it any more.</summary>
    public static void Forget(Operation operation, StripeObject method, StripeObject customer)
    {
        foreach (var subscription in operation.World.All(Type))
        {
            if (subscription.Text("customer") == customer.Id && !IsOver(subscription)
                && subscription.Text("default_payment_method") == method.Id)
            {
                operation.Update(
                    subscription, body => body["default_payment_method"] = null, "customer.subscription.updated");
            }
        }
    }

    private static StripeObject Named(Call call) => call.Named(Type, "subscription");

    private static Answer Update(Call call)
    {
        var subscription = Named(call);
        if (IsOver(subscription))
        {
            return Ending.Annotate(call, subscription);
        }

        Changing.Apply(call.Operation, subscription, ChangeParams.ChangeOf(call, subscription));
        return Answer.Of(subscription);
    }

    /// <summary>Without a status all but the canceled; without a customer or clock none of a test clock.</summary>
    private static Answer List(Call call)
    {
        var status = call.Params.OneOf("status", "active", "all", "canceled", "ended", "incomplete",
            "incomplete_expired", "past_due", "paused", "trialing", "unpaid");
        var price = call.Params.Text("price") ?? call.Params.Text("plan");
        var narrow = call.Params.Has("customer") | call.Params.Has("test_clock");
        var fits = call.Fits("customer", "collection_method", "test_clock");
        return new Answer.Many(call.List(Type, item => fits(item)
            && (narrow || item.Clock is null)
            && (price is null || item.Body.Objects("items").Any(one => one.Text("price.id") == price))
            && status switch
            {
                null => item.Status is not "canceled",
                "all" => true,
                "ended" => IsOver(item),
                _ => item.Status == status,
            }));
    }
}
