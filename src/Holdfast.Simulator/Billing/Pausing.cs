using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>
/// A paused subscription bills nothing until it is resumed; <c>pause_collection</c> is something else: there only the
/// invoices rest. https://docs.stripe.com/billing/subscriptions/pause
/// </summary>
internal static class Pausing
{
    private const string Collect = "subscription.collect_again";
    private const string GiveUpResuming = "invoice.give_up_resuming";
    private const long SecondsToPay = 23 * 60 * 60;

    private static readonly ApiVersion Since = ApiVersion.Of("2026-09-30.endive");

    public static void Map(Catalog catalog)
    {
        catalog.When(Collect, (operation, subscription) => operation.Update(
            subscription, body => body["pause_collection"] = null, "customer.subscription.updated"));
        catalog.When(GiveUpResuming, (operation, invoice) =>
        {
            if (invoice.Status is "open")
            {
                Settlement.Void(operation, invoice);
            }
        });
    }

    public static Answer Pause(Call call, StripeObject subscription)
    {
        if (call.Version < Since)
        {
            throw new ApiError(
                404, ApiError.InvalidRequest, $"Unrecognized request URL (POST: {call.Url}): it came with endive.");
        }

        if (subscription.Status is not ("active" or "trialing" or "past_due"))
        {
            throw ApiError.State($"A subscription that is {subscription.Status} cannot be paused.");
        }

        call.Params.OneOf("type", "subscription");
        var invoices = call.Params.OneOf("invoicing_behavior", "invoice", "pending_invoice_item") is "invoice";
        Credit(call.Operation, subscription, UnusedFrom(call.Params.Child("bill_for")));
        var terms = PeriodLines.Invoice(call.Operation, subscription, "subscription_update", []);
        var invoice = invoices && terms.Items.Count > 0 ? Drafting.Draft(call.Operation, terms) : null;
        Set(call.Operation, subscription, "pause_requested");
        if (invoice is not null)
        {
            Settlement.Finalize(call.Operation, invoice);
            Collection.Advance(call.Operation, invoice);
        }

        return Answer.Of(subscription);
    }

    public static void Set(Operation operation, StripeObject subscription, string reason)
    {
        var now = operation.Now(subscription);
        operation.Update(subscription, body =>
        {
            body["status"] = "paused";
            body["status_details"] = new JsonObject
            {
                ["paused"] = new JsonObject
                {
                    ["subscription"] = new JsonObject { ["type"] = reason },
                    ["transitioned_at"] = now,
                    ["type"] = "subscription",
                },
            };
        });
        Renewal.Plan(operation, subscription);
        operation.Tell("customer.subscription.paused", subscription);
        operation.Tell("customer.subscription.updated", subscription);
    }

    public static Answer Resume(Call call, StripeObject subscription)
    {
        if (subscription.Status is not "paused")
        {
            throw ApiError.State("Only a paused subscription can be resumed.");
        }

        if (subscription.Text("collection_method") is not "charge_automatically")
        {
            throw ApiError.State("Only a subscription that charges automatically can be resumed.");
        }

        var anchor = (call.Params.TextOrHash("billing_cycle_anchor") is { } text ? text
            : call.Params.Child("billing_cycle_anchor")?.OneOf("type", "now", "unchanged")) ?? "now";
        var behavior = call.Params.OneOf("payment_behavior", "resume_on_payment_attempt", "resume_on_payment_success");
        var prorates = call.Params.OneOf("proration_behavior", "always_invoice", "create_prorations", "none");
        var date = call.Params.Integer("proration_date") ?? call.Operation.Now(subscription);
        if (anchor is "now")
        {
            Restart(call.Operation, subscription, behavior);
        }
        else if (anchor is "unchanged")
        {
            GoOn(call.Operation, subscription, prorates ?? "create_prorations", date);
        }
        else
        {
            throw ApiError.Invalid("billing_cycle_anchor", "Invalid billing_cycle_anchor: must be now or unchanged.");
        }

        return Answer.Of(subscription);
    }

    /// <summary>Active again, as nothing is left to be paid for it.</summary>
    public static void Resumed(Operation operation, StripeObject subscription)
    {
        operation.Update(subscription, body =>
        {
            body["status"] = "active";
            body.Remove("status_details");
        });
        Renewal.Plan(operation, subscription);
        operation.Tell("customer.subscription.resumed", subscription);
        operation.Tell("customer.subscription.updated", subscription);
    }

    /// <summary>Plans when a pause of collection is over.</summary>
    public static void PlanCollection(Operation operation, StripeObject subscription)
    {
        operation.Unplan(Collect, subscription);
        if (subscription.Body.Number("pause_collection.resumes_at") is { } at)
        {
            operation.Plan(at, Collect, subscription);
        }
    }

    private static void Restart(Operation operation, StripeObject subscription, string? behavior)
    {
        var now = operation.Now(subscription);
        operation.Update(subscription, body => body["billing_cycle_anchor"] = now);
        Renewal.Move(operation, subscription, now);
        var invoice = Drafting.Draft(operation, PeriodLines.Invoice(
            operation, subscription, "subscription_update", PeriodLines.Of(operation.World, subscription)));
        operation.UpdateHidden(invoice, hidden => hidden["resumes"] = "true");
        Settlement.Finalize(operation, invoice);
        if (invoice.Status is "open")
        {
            Collection.Try(operation, invoice, Collection.MethodFor(operation.World, invoice), offSession: true);
        }

        operation.Tell("customer.updated", Invoices.CustomerOf(operation.World, invoice));

        if (invoice.Status is not "open")
        {
            return;
        }

        if (behavior is "resume_on_payment_attempt")
        {
            Resumed(operation, subscription);
            operation.UpdateHidden(invoice, hidden => hidden.Remove("resumes"));
            Standing.InvoiceFailed(operation, invoice);
        }
        else
        {
            operation.Plan(now + SecondsToPay, GiveUpResuming, invoice);
        }
    }

    /// <summary>Into the period it would be in had it never been paused; the rest of it is a proration.</summary>
    private static void GoOn(Operation operation, StripeObject subscription, string prorates, long date)
    {
        Renewal.Move(operation, subscription, operation.Now(subscription));
        if (prorates is not "none")
        {
            foreach (var item in subscription.Body.Objects("items").ToArray())
            {
                Proration.Debit(operation, subscription, item, date);
            }
        }

        Resumed(operation, subscription);
        if (prorates is "always_invoice" && Proration.IsPending(operation.World, subscription))
        {
            var invoice = Drafting.Draft(
                operation, PeriodLines.Invoice(operation, subscription, "subscription_update", []));
            Settlement.Finalize(operation, invoice);
            Collection.Advance(operation, invoice);
        }
    }

    private static string UnusedFrom(Params? bill)
    {
        bill?.Child("outstanding_usage_through")?.OneOf("type", "none", "now");
        return bill?.Child("unused_time_from")?.OneOf("type", "item_current_period_start", "none", "now") ?? "now";
    }

    private static void Credit(Operation operation, StripeObject subscription, string from)
    {
        if (from is "none" || subscription.Status is "trialing")
        {
            return;
        }

        foreach (var item in subscription.Body.Objects("items").ToArray())
        {
            Proration.Credit(operation, subscription, item, from is "now"
                ? operation.Now(subscription) : item.Number("current_period_start")!.Value);
        }
    }
}
