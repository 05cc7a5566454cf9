using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// What a subscription's invoices make of its status. https://docs.stripe.com/billing/subscriptions/overview (statuses)
/// </summary>
internal static class Standing
{
    public static void InvoicePaid(Operation operation, StripeObject invoice, StripeObject? intent)
    {
        if (Invoices.SubscriptionOf(operation.World, invoice) is not { } subscription)
        {
            return;
        }

        KeepMethod(operation, subscription, intent);
        Reconsider(operation, subscription, invoice);
    }

    /// <summary>An automatic payment failed, or the day it was due is over.</summary>
    public static void InvoiceFailed(Operation operation, StripeObject invoice)
    {
        if (Invoices.SubscriptionOf(operation.World, invoice) is { Status: "active" or "trialing" } subscription
            && invoice.Hidden.Text("resumes") is null)
        {
            operation.Update(
                subscription, body => body["status"] = "past_due", "customer.subscription.updated");
        }
    }

    /// <summary>It was voided or given up: nobody waits for its payment any more.</summary>
    public static void InvoiceGone(Operation operation, StripeObject invoice)
    {
        switch (Invoices.SubscriptionOf(operation.World, invoice))
        {
            case { Status: "incomplete" } subscription when invoice.Status is "void":
                Ending.Expire(operation, subscription);
                break;
            case { Status: "paused" } when invoice.Status is "void":
            case null:
                break;
            case { } subscription:
                Reconsider(operation, subscription, invoice);
                break;
        }
    }

    /// <summary>Back in good standing once the latest invoice that was finalized is paid or given up.</summary>
    private static void Reconsider(Operation operation, StripeObject subscription, StripeObject invoice)
    {
        switch (subscription.Status)
        {
            case "incomplete" when invoice.Status is "paid" or "uncollectible":
                operation.Unplan(Subscribing.Expire, subscription);
                Activate(operation, subscription);
                break;
            case "past_due" or "unpaid":
                var latest = Invoices.Of(operation.World, subscription)
                    .LastOrDefault(one => one.Status is not ("draft" or "void"));
                if (latest?.Status is null or "paid" or "uncollectible")
                {
                    Activate(operation, subscription);
                }

                break;
            case "paused" when invoice.Hidden.Text("resumes") is not null:
                Pausing.Resumed(operation, subscription);
                break;
        }
    }

    private static void Activate(Operation operation, StripeObject subscription)
    {
        var inTrial = subscription.Body.Number("trial_end") > operation.Now(subscription);
        operation.Update(
            subscription, body => body["status"] = inTrial ? "trialing" : "active", "customer.subscription.updated");
    }

    /// <summary><c>payment_settings[save_default_payment_method]=on_subscription</c></summary>
    private static void KeepMethod(Operation operation, StripeObject subscription, StripeObject? intent)
    {
        if (subscription.Text("payment_settings.save_default_payment_method") is "on_subscription"
            && intent?.Text("payment_method") is { } method)
        {
            operation.Update(
                subscription, body => body["default_payment_method"] = method, "customer.subscription.updated");
        }
    }
}
