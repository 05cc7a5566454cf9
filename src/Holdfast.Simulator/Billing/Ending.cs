using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>How a subscription ends. https://docs.stripe.com/billing/subscriptions/cancel</summary>
internal static class Ending
{
    public const string Due = "subscription.cancel";

    private static readonly string[] Feedback =
    [
        "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex",
        "too_expensive", "unused",
    ];

    public static void Map(Catalog catalog) => catalog.When(Due, (operation, subscription) =>
    {
        if (!Subscriptions.IsOver(subscription))
        {
            WithinPeriod(operation, subscription);
        }
    });

    public static Answer Cancel(Call call, StripeObject subscription)
    {
        if (Subscriptions.IsOver(subscription))
        {
            throw ApiError.NotFound(Subscriptions.Type, subscription.Id, "id");
        }

        var (invoices, prorates) = (call.Params.Flag("invoice_now") is true, call.Params.Flag("prorate") is true);
        call.Operation.Update(subscription, body => WriteDetails(call.Params, body));
        var items = subscription.Body.Objects("items").ToArray();
        if (prorates && subscription.Status is "active" or "past_due" or "unpaid")
        {
            foreach (var item in items)
            {
                Proration.Credit(call.Operation, subscription, item, call.Operation.Now(subscription));
            }
        }

        var place = call.Operation.Place;
        var last = invoices ? LastInvoice(call.Operation, subscription) : null;
        Now(call.Operation, subscription, "cancellation_requested", place);
        if (last is not null)
        {
            Settlement.Finalize(call.Operation, last);
            Collection.Advance(call.Operation, last);
        }

        return Answer.Of(subscription);
    }

    /// <summary>Of one that is over only this can be changed: what is noted about it.</summary>
    public static Answer Annotate(Call call, StripeObject subscription)
    {
        call.Operation.Update(subscription, body =>
        {
            call.Params.SetMetadata(body);
            WriteDetails(call.Params, body);
        });
        if (call.Params.HasUnread)
        {
            throw OnlyNotes();
        }

        call.Operation.Tell("customer.subscription.updated", subscription);
        return Answer.Of(subscription);
    }

    public static ApiError OnlyNotes() =>
        ApiError.State("A canceled subscription can only update its cancellation_details and metadata.");

    /// <summary><c>cancellation_details</c>, when given.</summary>
    public static void WriteDetails(Params asked, JsonObject body)
    {
        if (asked.Child("cancellation_details") is not { } details)
        {
            return;
        }

        var held = body.Child("cancellation_details")!;
        details.Set(held, "comment");
        if (details.OneOf("feedback", ["", .. Feedback]) is { } feedback)
        {
            held["feedback"] = feedback.Length == 0 ? null : feedback;
        }
    }

    /// <param name="reason">Null to leave the one it has.</param>
    public static void Now(Operation operation, StripeObject subscription, string? reason, int? place = null)
    {
        var now = operation.Now(subscription);
        var wasIncomplete = subscription.Status is "incomplete";
        operation.Update(subscription, body =>
        {
            body["status"] = "canceled";
            body["ended_at"] = now;
            body["canceled_at"] = body.Number("canceled_at") ?? now;
            body.Remove("status_details");
            if (reason is not null)
            {
                body.Child("cancellation_details")!["reason"] = reason;
            }
        });
        Renewal.Unplan(operation, subscription);
        Discounts.Keep(operation, subscription);
        operation.TellAt(place ?? operation.Place, "customer.subscription.deleted", subscription);
        foreach (var invoice in Invoices.Of(operation.World, subscription).ToArray())
        {
            if (wasIncomplete && invoice.Status is "open")
            {
                Settlement.Void(operation, invoice);
            }
            else if (invoice.Status is "draft" or "open" && invoice.Body.Flag("auto_advance"))
            {
                LetRest(operation, invoice);
            }
        }
    }

    /// <summary>
    /// It was to end before its period does, and what was paid for the rest is given back. (Stripe draws that up when
    /// <c>cancel_at</c> is set.)
    /// </summary>
    private static void WithinPeriod(Operation operation, StripeObject subscription)
    {
        if (subscription.Status is "active" && subscription.Body.Flag("_cancel_prorates"))
        {
            foreach (var item in subscription.Body.Objects("items").ToArray())
            {
                Proration.Credit(operation, subscription, item, operation.Now(subscription));
            }
        }

        AtPeriodEnd(operation, subscription);
    }

    /// <summary>It was to end now: what has gathered since the last invoice is billed once more.</summary>
    public static void AtPeriodEnd(Operation operation, StripeObject subscription)
    {
        var place = operation.Place;
        var last = LastInvoice(operation, subscription);
        Now(operation, subscription, null, place);
        if (last is not null)
        {
            Settlement.Finalize(operation, last);
            Collection.Advance(operation, last);
        }
    }

    /// <summary>No payment came in spite of all retries: what the account has set happens.</summary>
    public static void OfTries(Operation operation, StripeObject subscription)
    {
        switch (operation.World.Billing.AfterLastFailure)
        {
            case AfterLastFailure.Cancel:
                Now(operation, subscription, "payment_failed");
                break;
            case AfterLastFailure.MarkUnpaid:
                operation.Update(
                    subscription, body => body["status"] = "unpaid", "customer.subscription.updated");
                break;
        }
    }

    /// <summary>The first invoice was not paid in time.</summary>
    public static void Expire(Operation operation, StripeObject subscription)
    {
        var now = operation.Now(subscription);
        operation.Update(subscription, body =>
        {
            body["status"] = "incomplete_expired";
            body["ended_at"] = now;
        });
        Renewal.Unplan(operation, subscription);
        Discounts.Keep(operation, subscription);
        operation.Tell("customer.subscription.updated", subscription);
    }

    /// <summary>A deleted customer's subscriptions end at once, and nobody collects what is owed any more.</summary>
    public static void OfCustomer(Operation operation, StripeObject customer)
    {
        foreach (var subscription in operation.World.All(Subscriptions.Type).ToArray())
        {
            if (subscription.Text("customer") == customer.Id && !Subscriptions.IsOver(subscription))
            {
                Now(operation, subscription, "cancellation_requested");
            }
        }

        foreach (var invoice in operation.World.All(Invoices.Type).ToArray())
        {
            if (invoice.Text("customer") == customer.Id && invoice.Status is "draft" or "open"
                && invoice.Body.Flag("auto_advance"))
            {
                LetRest(operation, invoice);
            }
        }
    }

    /// <summary>Null when nothing has gathered.</summary>
    private static StripeObject? LastInvoice(Operation operation, StripeObject subscription)
    {
        var terms = PeriodLines.Invoice(operation, subscription, "subscription_update", []);
        return terms.Items.Count > 0 ? Drafting.Draft(operation, terms) : null;
    }

    private static void LetRest(Operation operation, StripeObject invoice)
    {
        operation.Unplan(Collection.Finalize, invoice);
        operation.Unplan(Collection.Retry, invoice);
        operation.Update(invoice, body =>
        {
            body["auto_advance"] = false;
            body["automatically_finalizes_at"] = null;
            body["next_payment_attempt"] = null;
        });
        operation.Tell("invoice.updated", invoice);
    }
}
