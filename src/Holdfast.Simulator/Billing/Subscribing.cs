using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>How a subscription begins. https://docs.stripe.com/billing/subscriptions/overview</summary>
internal static class Subscribing
{
    public const string Expire = "subscription.expire";

    /// <summary>So long the first invoice may be paid.</summary>
    private const long SecondsToPay = 23 * 60 * 60;

    public static void Map(Catalog catalog)
    {
        catalog.When(Expire, (operation, subscription) =>
        {
            if (subscription.Status is "incomplete" && operation.World.Find(
                Invoices.Type, subscription.Text("latest_invoice")) is { Status: "open" } invoice)
            {
                Settlement.Void(operation, invoice);
            }
        });
        catalog.WhenSettled(HearSetup);
    }

    public static StripeObject Start(Operation operation, SubscriptionTerms terms, Call? call)
    {
        CheckItems(terms.Items);
        var (place, subscription) = (operation.Place, Make(operation, terms));
        Discounts.Replace(operation, terms.Discounts, terms.Customer, subscription);
        var isAutomatic = terms.CollectionMethod is "charge_automatically";
        var invoice = Drafting.Draft(operation, FirstInvoice(operation, subscription, terms));
        if (terms.PaidBy is { } paidBy)
        {
            operation.UpdateHidden(invoice, hidden => hidden["paid_by"] = paidBy.Id);
        }

        Renewal.Plan(operation, subscription);
        if (isAutomatic)
        {
            Settlement.Finalize(operation, invoice);
            PayFirst(operation, subscription, invoice, terms, call);
        }

        if (terms.PaymentBehavior is "default_incomplete" && invoice.Number("amount_due") == 0)
        {
            AskForMethod(operation, subscription, invoice);
        }

        operation.TellAt(place, "customer.subscription.created", subscription);
        operation.Tell("customer.updated", terms.Customer);
        Renewal.NoticeShortTrial(operation, subscription);
        return subscription;
    }

    private static StripeObject Make(Operation operation, SubscriptionTerms terms)
    {
        var (customer, now) = (terms.Customer, operation.Now(terms.Customer));
        var first = terms.Items[0].Price;
        var anchor = terms.TrialEnd ?? terms.Anchor ?? now;
        var fields = new JsonObject
        {
            ["billing_cycle_anchor"] = anchor,
            ["collection_method"] = terms.CollectionMethod,
            ["currency"] = first.Text("currency"),
            ["customer"] = customer.Id,
            ["customer_account"] = customer.Text("customer_account"),
            ["days_until_due"] = terms.DaysUntilDue,
            ["default_payment_method"] = terms.DefaultMethod?.Id,
            ["metadata"] = terms.Metadata?.Copy() ?? [],
            ["start_date"] = now,
            ["status"] = terms.TrialEnd is not null ? "trialing"
                : terms.CollectionMethod is "send_invoice" ? "active" : "incomplete",
            ["test_clock"] = customer.Clock,
            ["trial_end"] = terms.TrialEnd,
            ["trial_start"] = terms.TrialEnd is null ? null : now,
        };
        fields.Take(terms.More);
        var subscription = operation.Create(Subscriptions.Type, fields, customer.Clock);
        var period = anchor > now ? (now, anchor) : Cycle.Of(anchor, first.Body).Around(now);
        operation.Update(subscription, body =>
        {
            body.Child("trial_settings.end_behavior")!["missing_payment_method"] = terms.MissingMethod;
            body.Child("items")!["url"] = $"/v1/subscription_items?subscription={subscription.Id}";
            foreach (var item in terms.Items)
            {
                body.Items("items").Add(SubscriptionItems.Make(operation.World, subscription, item, period));
            }

            terms.Write(body);
            if (body.Flag("cancel_at_period_end"))
            {
                body["cancel_at"] = period.Item2;
            }
        });
        return subscription;
    }

    private static InvoiceTerms FirstInvoice(Operation operation, StripeObject subscription, SubscriptionTerms terms)
    {
        foreach (var extra in terms.FirstInvoice)
        {
            InvoiceItems.Make(operation, terms.Customer, new JsonObject
            {
                ["amount"] = Money.Round(Money.Of(extra.Price.Body, extra.Quantity)),
                ["currency"] = extra.Price.Text("currency"),
                ["description"] = operation.World.Find(Products.Type, extra.Price.Text("product"))?.Text("name"),
                ["parent"] = InvoiceItems.ParentOf(subscription.Id, null),
                ["pricing"] = InvoiceLines.Pricing(extra.Price.Body),
                ["quantity"] = extra.Quantity,
            });
        }

        // Until its first whole period it pays for the part, or for nothing.
        var partial = terms.TrialEnd is null && terms.Anchor > operation.Now(subscription);
        var lines = partial && terms.ProrationBehavior is "none" ? []
            : PeriodLines.Of(operation.World, subscription, partial);
        return PeriodLines.Invoice(operation, subscription, "subscription_create", lines) with
        {
            Waits = terms.CollectionMethod is "send_invoice",
        };
    }

    /// <summary>Tries the first payment as the terms say; an incomplete subscription has 23 hours.</summary>
    private static void PayFirst(
        Operation operation, StripeObject subscription, StripeObject invoice, SubscriptionTerms terms, Call? call)
    {
        if (invoice.Status is "open" && terms.PaymentBehavior is not "default_incomplete")
        {
            var method = Collection.MethodFor(operation.World, invoice) ?? throw ApiError.State(
                "This customer has no attached payment source or default payment method. Attach one first, or use "
                + "payment_behavior=default_incomplete.", "resource_missing");
            Collection.Try(operation, invoice, method, terms.OffSession);
        }

        if (invoice.Status is not "open")
        {
            return;
        }

        if (terms.PaymentBehavior is "error_if_incomplete")
        {
            throw Unpaid(operation, invoice, call);
        }

        if (subscription.Status is "incomplete")
        {
            operation.Plan(operation.Now(subscription) + SecondsToPay, Expire, subscription);
        }
    }

    /// <summary>Nothing is due yet, and there is nothing to pay with later: a setup intent waits for the customer.</summary>
    private static void AskForMethod(Operation operation, StripeObject subscription, StripeObject invoice)
    {
        if (subscription.Text("collection_method") is not "charge_automatically"
            || Collection.MethodFor(operation.World, invoice) is not null)
        {
            return;
        }

        var setup = SetupIntents.Make(
            operation, operation.World.Find(Customers.Type, subscription.Text("customer")), null, "off_session");
        operation.UpdateHidden(setup, hidden => hidden["subscription"] = subscription.Id);
        operation.Update(subscription, body => body["pending_setup_intent"] = setup.Id);
    }

    /// <summary>The customer has given what to pay with later, or nobody asks for it any more.</summary>
    private static void HearSetup(Operation operation, StripeObject setup)
    {
        if (setup.Status is not ("succeeded" or "canceled") || operation.World.Find(
            Subscriptions.Type, setup.Hidden.Text("subscription")) is not { } subscription)
        {
            return;
        }

        operation.Update(subscription, body =>
        {
            body["pending_setup_intent"] = null;
            if (setup.Status is "succeeded")
            {
                body["default_payment_method"] = setup.Text("payment_method");
            }
        }, "customer.subscription.updated");
    }

    /// <summary>The payment's error, after which nothing of the call stands.</summary>
    public static ApiError Unpaid(Operation operation, StripeObject invoice, Call? call)
    {
        var intent = Invoices.IntentOf(operation.World, invoice);
        if (call is not null && intent?.Body.Child("last_payment_error") is not null)
        {
            var error = Refusals.Of(call, intent, "last_payment_error");
            return new ApiError(error.Status, error.Type, error.Message, error.Code, error.Param) { More = error.More };
        }

        return new ApiError(402, Refusals.CardError, "The payment needs an action by the customer.",
            "subscription_payment_intent_requires_action");
    }

    private static void CheckItems(IReadOnlyList<ItemTerms> items)
    {
        if (items.Count == 0)
        {
            throw ApiError.Missing("items");
        }

        CheckTogether([.. items.Select(item => item.Price.Body)]);
    }

    /// <summary>Prices of one subscription share rhythm and currency.</summary>
    public static void CheckTogether(IReadOnlyList<JsonObject> prices)
    {
        foreach (var price in prices)
        {
            if (price.Text("type") is not "recurring")
            {
                throw ApiError.State(
                    "The price specified is of type one_time; this field only accepts prices of type recurring.",
                    param: "items[0][price]");
            }

            if (!price.Flag("active"))
            {
                throw ApiError.State("The price specified is inactive. This field only accepts active prices.",
                    param: "items[0][price]");
            }

            if (!Cycle.Same(price, prices[0]))
            {
                throw ApiError.Unsupported("prices of several intervals in one subscription", "items");
            }

            if (price.Text("currency") != prices[0].Text("currency"))
            {
                throw ApiError.State("All prices on a subscription must have the same currency.", param: "items");
            }
        }
    }
}
