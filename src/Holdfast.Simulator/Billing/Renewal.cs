using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// What time does to a subscription: notices, the end of its trial, the next period. The period moves first, and is
/// paid about an hour later. https://docs.stripe.com/billing/invoices/subscription
/// </summary>
internal static class Renewal
{
    public const string Renew = "subscription.renew";

    private const string Upcoming = "subscription.upcoming";
    private const string TrialWillEnd = "subscription.trial_will_end";
    private const long Day = 24 * 60 * 60;
    private const long TrialNotice = 3 * Day;

    public static void Map(Catalog catalog)
    {
        catalog.When(Renew, RenewNow);
        catalog.When(Upcoming, (operation, subscription) =>
            operation.TellOf("invoice.upcoming", subscription, InvoicePreview.OfRenewal(operation, subscription)));
        catalog.When(TrialWillEnd, (operation, subscription) =>
            operation.Tell("customer.subscription.trial_will_end", subscription));
    }

    /// <summary>Plans everything the subscription has before it, in place of what was planned.</summary>
    public static void Plan(Operation operation, StripeObject subscription)
    {
        Unplan(operation, subscription);
        if (Subscriptions.IsOver(subscription) || subscription.Status is "paused")
        {
            return;
        }

        var (now, end) = (operation.Now(subscription), Subscriptions.PeriodOf(subscription).End);
        operation.Plan(end, Renew, subscription);
        if (subscription.Body.Number("cancel_at") is { } cancel && cancel < end)
        {
            operation.Plan(cancel, Ending.Due, subscription);
        }

        if (subscription.Status is "trialing" && end - TrialNotice > now)
        {
            operation.Plan(end - TrialNotice, TrialWillEnd, subscription);
        }

        var notice = end - (operation.World.Billing.UpcomingDays * Day);
        if (notice > now && notice < end && subscription.Text("collection_method") is "charge_automatically"
            && !EndsWithPeriod(subscription, end))
        {
            operation.Plan(notice, Upcoming, subscription);
        }
    }

    public static void Unplan(Operation operation, StripeObject subscription)
    {
        foreach (var kind in (ReadOnlySpan<string>)[Renew, Upcoming, TrialWillEnd, Ending.Due, Subscribing.Expire])
        {
            if (kind is not Subscribing.Expire || Subscriptions.IsOver(subscription))
            {
                operation.Unplan(kind, subscription);
            }
        }
    }

    /// <summary>A trial too short for three days' notice is noticed at once.</summary>
    public static void NoticeShortTrial(Operation operation, StripeObject subscription)
    {
        if (subscription.Status is "trialing"
            && subscription.Number("trial_end") - TrialNotice <= operation.Now(subscription))
        {
            operation.Tell("customer.subscription.trial_will_end", subscription);
        }
    }

    /// <summary>A trial ended before its three days' notice is noticed as it ends.</summary>
    public static void NoticeEndedTrial(Operation operation, StripeObject subscription, long end)
    {
        if (end - TrialNotice > operation.Now(subscription))
        {
            operation.Tell("customer.subscription.trial_will_end", subscription);
        }
    }

    /// <summary>Moves the subscription into the period that begins at a moment, out of a trial it was in.</summary>
    public static void Move(Operation operation, StripeObject subscription, long moment)
    {
        var period = Cycle.Of(subscription.Number("billing_cycle_anchor"), FirstPrice(subscription)).Around(moment);
        operation.Update(subscription, body =>
        {
            body["status"] = subscription.Status is "trialing" ? "active" : subscription.Status;
            foreach (var item in body.Objects("items"))
            {
                SubscriptionItems.SetPeriod(item, period);
            }
        });
    }

    public static System.Text.Json.Nodes.JsonObject FirstPrice(StripeObject subscription) =>
        subscription.Body.Objects("items").First().Child("price")!;

    /// <summary>No renewal is to come.</summary>
    public static bool EndsWithPeriod(StripeObject subscription) =>
        EndsWithPeriod(subscription, Subscriptions.PeriodOf(subscription).End);

    private static bool EndsWithPeriod(StripeObject subscription, long end) =>
        subscription.Body.Flag("cancel_at_period_end") || subscription.Body.Number("cancel_at") <= end;

    private static void RenewNow(Operation operation, StripeObject subscription)
    {
        if (Subscriptions.IsOver(subscription) || subscription.Status is "paused")
        {
            return;
        }

        var period = Subscriptions.PeriodOf(subscription);
        if (EndsWithPeriod(subscription, period.End))
        {
            Ending.AtPeriodEnd(operation, subscription);
        }
        else if (subscription.Status is "trialing" && IsWithoutMethod(operation, subscription))
        {
            EndTrialWithoutMethod(operation, subscription, period);
        }
        else
        {
            BeginPeriod(operation, subscription, period);
        }
    }

    private static void EndTrialWithoutMethod(
        Operation operation, StripeObject subscription, (long Start, long End) period)
    {
        switch (subscription.Text("trial_settings.end_behavior.missing_payment_method"))
        {
            case "cancel":
                Ending.Now(operation, subscription, null);
                break;
            case "pause":
                Pausing.Set(operation, subscription, "trial_end_without_payment_method");
                break;
            default:
                BeginPeriod(operation, subscription, period);
                break;
        }
    }

    private static void BeginPeriod(Operation operation, StripeObject subscription, (long Start, long End) ended)
    {
        var place = operation.Place;
        Move(operation, subscription, ended.End);
        var isLeft = subscription.Status is "unpaid"
            || subscription.Text("pause_collection.behavior") is "keep_as_draft";
        var terms = PeriodLines.Invoice(
            operation, subscription, "subscription_cycle", PeriodLines.Of(operation.World, subscription));
        Drafting.Draft(operation, terms with { AutoAdvance = !isLeft, PeriodStart = ended.Start, Waits = !isLeft });
        Plan(operation, subscription);
        operation.TellAt(place, "customer.subscription.updated", subscription);
    }

    private static bool IsWithoutMethod(Operation operation, StripeObject subscription)
    {
        var customer = operation.World.Find(Customers.Type, subscription.Text("customer"));
        return subscription.Text("collection_method") is "charge_automatically"
            && (subscription.Text("default_payment_method") ?? customer?.Text("invoice_settings.default_payment_method")
                ?? customer?.Text("default_source")) is null;
    }
}
