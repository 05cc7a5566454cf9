using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// The invoice that would come: it is made in earnest, looked at, and undone.
/// https://docs.stripe.com/api/invoices/create_preview
/// </summary>
internal static class InvoicePreview
{
    public static void Map(Catalog catalog)
    {
        catalog.Post("/v1/invoices/create_preview", call => Preview(call, call.Params.Child("subscription_details")));
        catalog.Get("/v1/invoices/upcoming", call => call.Version < ApiVersion.Basil ? Preview(call, null)
            : throw new ApiError(404, ApiError.InvalidRequest,
                $"Unrecognized request URL (GET: {call.Url}): since basil it is /v1/invoices/create_preview."));
    }

    /// <summary>The invoice of the next renewal, as <c>invoice.upcoming</c> shows it: without an id.</summary>
    public static JsonObject OfRenewal(Operation operation, StripeObject subscription)
    {
        var body = Undone(operation, trial => Next(trial, subscription));
        body.Remove("id");
        return body;
    }

    private static Answer.One Preview(Call call, Params? details)
    {
        var subscription = call.Given(Subscriptions.Type, "subscription");
        var customer = call.Given(Customers.Type, "customer")
            ?? call.World.Find(Customers.Type, subscription?.Text("customer"))
            ?? throw ApiError.Missing("customer");
        subscription ??= call.World.All(Subscriptions.Type).LastOrDefault(one =>
            one.Text("customer") == customer.Id && one.Status is "active" or "trialing" or "past_due");
        var change = ChangeOf(call, details);
        if (change is not null && !call.Params.Has("subscription"))
        {
            throw ApiError.Unsupported("the preview of a subscription yet to be made",
                details is null ? "subscription_items" : "subscription_details");
        }

        if (subscription is null || Subscriptions.IsOver(subscription) || subscription.Status is "paused"
            || (change is null && Renewal.EndsWithPeriod(subscription)))
        {
            throw new ApiError(404, ApiError.InvalidRequest,
                $"No upcoming invoices for customer: {customer.Id}", "invoice_upcoming_none");
        }

        call.Params.RefuseUnread();
        var body = Undone(call.Operation, trial => Changed(trial, subscription, change) ?? Next(trial, subscription));
        body["id"] = $"upcoming_{body.Text("id")}";
        return new Answer.One(body);
    }

    private static ChangeTerms? ChangeOf(Call call, Params? details)
    {
        // Before basil the same stood beside the subscription, with a prefix.
        var asked = details ?? call.Params;
        var prefix = details is null ? "subscription_" : "";
        ItemChange[] items =
            [.. asked.Children($"{prefix}items").Select(item => ChangeParams.ItemOf(call, item))];
        var behavior = asked.OneOf($"{prefix}proration_behavior", "always_invoice", "create_prorations", "none");
        var date = asked.Integer($"{prefix}proration_date");
        var restarts = asked.OneOf($"{prefix}billing_cycle_anchor", "now", "unchanged") is "now";
        return items.Length == 0 && !restarts ? null : new ChangeTerms
        {
            Items = items,
            PaymentBehavior = "default_incomplete",
            ProrationBehavior = behavior ?? "create_prorations",
            ProrationDate = date,
            Restarts = restarts,
        };
    }

    /// <summary>The invoice a change would make at once; null when its prorations wait for the next.</summary>
    private static StripeObject? Changed(Operation trial, StripeObject subscription, ChangeTerms? change)
    {
        if (change is null)
        {
            return null;
        }

        var before = Invoices.Of(trial.World, subscription).Count();
        Changing.Apply(trial, subscription, change);
        return Invoices.Of(trial.World, subscription).Skip(before).FirstOrDefault();
    }

    private static StripeObject Next(Operation trial, StripeObject subscription)
    {
        var period = Subscriptions.PeriodOf(subscription);
        Renewal.Move(trial, subscription, period.End);
        var terms = PeriodLines.Invoice(
            trial, subscription, "upcoming", PeriodLines.Of(trial.World, subscription));
        var invoice = Drafting.Draft(trial, terms with { PeriodStart = period.Start });
        trial.Update(invoice, body =>
        {
            body["created"] = period.End;
            body["next_payment_attempt"] = period.End + Drafting.WaitSeconds;
            body["period_end"] = period.End;
        });
        return invoice;
    }

    private static JsonObject Undone(Operation operation, Func<Operation, StripeObject> make)
    {
        var trial = new Operation(operation.World, operation.Cause);
        try
        {
            return make(trial).Body.Copy();
        }
        finally
        {
            trial.Undo();
        }
    }
}
