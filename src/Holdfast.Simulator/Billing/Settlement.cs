using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>An invoice's way through its states, and what its subscription and customer make of it.</summary>
internal static class Settlement
{
    private const long Day = 24 * 60 * 60;

    /// <summary>From draft to open, or to paid when nothing is due.</summary>
    public static void Finalize(Operation operation, StripeObject invoice)
    {
        var (customer, now) = (Invoices.CustomerOf(operation.World, invoice), operation.Now(invoice));
        if (customer.Body.Number("next_invoice_sequence") is not { } sequence)
        {
            sequence = 1;
        }

        operation.Unplan(Collection.Finalize, invoice);
        Drafting.Sum(operation, invoice);
        UseBalance(operation, invoice, customer);
        operation.Update(customer, body => body["next_invoice_sequence"] = sequence + 1);
        operation.Update(invoice, body =>
        {
            body["automatically_finalizes_at"] = null;
            body["effective_at"] = body.Number("effective_at") ?? now;
            body["hosted_invoice_url"] = $"https://invoice.simulator.invalid/i/{invoice.Id}";
            body["invoice_pdf"] = $"https://invoice.simulator.invalid/i/{invoice.Id}/pdf";
            body["number"] = body.Text("number")
                ?? $"{customer.Text("invoice_prefix")}-{sequence.ToString("0000", CultureInfo.InvariantCulture)}";
            body["status"] = "open";
            body["status_transitions"]!["finalized_at"] = now;
            if (invoice.Hidden.Number("days_until_due") is { } days)
            {
                body["due_date"] = now + (days * Day);
            }
        });
        PrepareToPay(operation, invoice, customer);
        Discounts.DropUsed(operation, invoice);
    }

    public static void Paid(Operation operation, StripeObject invoice, StripeObject? intent, bool outOfBand = false)
    {
        var (due, now) = (invoice.Number("amount_due"), operation.Now(invoice));
        operation.Unplan(Collection.Retry, invoice);
        operation.Unplan(Collection.NearDue, invoice);
        operation.Unplan(Collection.FallDue, invoice);
        operation.Update(invoice, body =>
        {
            body["_charge"] = intent?.Text("latest_charge");
            body["_out_of_band"] = outOfBand;
            body["amount_paid"] = due;
            body["amount_paid_off_stripe"] = outOfBand ? due : 0;
            body["amount_remaining"] = 0;
            body["attempt_count"] = Math.Max(intent is null ? 0 : 1, invoice.Number("attempt_count"));
            body["attempted"] = true;
            body["auto_advance"] = false;
            body["next_payment_attempt"] = null;
            body["status"] = "paid";
            body["status_transitions"]!["paid_at"] = now;
        });
        operation.Tell("invoice.paid", invoice);
        if (!outOfBand)
        {
            operation.Tell("invoice.payment_succeeded", invoice);
            operation.Tell("invoice.updated", invoice);
        }

        MarkCustomer(operation, invoice, delinquent: false);
        if (intent is not null)
        {
            InvoicePayments.Paid(operation, invoice, due);
        }

        Standing.InvoicePaid(operation, invoice, intent);
    }

    /// <param name="intent">Null when there was nothing to try it with.</param>
    public static void Failed(Operation operation, StripeObject invoice, StripeObject? intent)
    {
        operation.Update(invoice, body =>
        {
            body["attempt_count"] = Math.Max(1, invoice.Number("attempt_count"));
            body["attempted"] = true;
        });
        if (intent?.Status is "requires_action"
            || intent?.Text("last_payment_error.code") is "authentication_required")
        {
            operation.Tell("invoice.payment_action_required", invoice);
        }

        operation.Tell("invoice.payment_failed", invoice);
        operation.Tell("invoice.updated", invoice);
        if (Invoices.SubscriptionOf(operation.World, invoice) is not { Status: "incomplete" })
        {
            MarkCustomer(operation, invoice, delinquent: true);
        }

        Standing.InvoiceFailed(operation, invoice);
    }

    public static void Void(Operation operation, StripeObject invoice)
    {
        Stop(operation, invoice, "void", "voided_at");
        operation.Tell("invoice.voided", invoice);
        CancelIntent(operation, invoice, "void_invoice");
        GiveBackBalance(operation, invoice);
        Standing.InvoiceGone(operation, invoice);
    }

    /// <param name="reason">One of those <c>status_details.uncollectible</c> names.</param>
    public static void GiveUp(Operation operation, StripeObject invoice, string reason)
    {
        Stop(operation, invoice, "uncollectible", "marked_uncollectible_at");
        operation.Update(invoice, body => body["status_details"] = new JsonObject
        {
            ["uncollectible"] = new JsonObject { ["reason"] = reason },
        });
        operation.Tell("invoice.marked_uncollectible", invoice);
        MarkCustomer(operation, invoice, delinquent: false);
        Standing.InvoiceGone(operation, invoice);
    }

    /// <summary>A bill is to be paid within days, as <see cref="BillingSettings.WillBeDueDays"/> says.</summary>
    public static void NearDue(Operation operation, StripeObject invoice)
    {
        if (invoice.Status is "open")
        {
            operation.Tell("invoice.will_be_due", invoice);
        }
    }

    public static void Overdue(Operation operation, StripeObject invoice)
    {
        if (invoice.Status is "open")
        {
            operation.Tell("invoice.overdue", invoice);
            MarkCustomer(operation, invoice, delinquent: true);
            Standing.InvoiceFailed(operation, invoice);
        }
    }

    public static void CancelIntent(Operation operation, StripeObject invoice, string reason)
    {
        InvoicePayments.Cancel(operation, invoice);
        if (Invoices.IntentOf(operation.World, invoice) is { Status: not ("succeeded" or "canceled") } intent)
        {
            PaymentIntents.Cancel(operation, intent, reason);
        }
    }

    private static void PlanDue(Operation operation, StripeObject invoice, long date)
    {
        var notice = date - (operation.World.Billing.WillBeDueDays * Day);
        if (notice > operation.Now(invoice) && notice < date)
        {
            operation.Plan(notice, Collection.NearDue, invoice);
        }

        operation.Plan(date, Collection.FallDue, invoice);
    }

    private static void Stop(Operation operation, StripeObject invoice, string status, string moment)
    {
        var now = operation.Now(invoice);
        operation.Unplan(Collection.Finalize, invoice);
        operation.Unplan(Collection.Retry, invoice);
        operation.Unplan(Collection.NearDue, invoice);
        operation.Unplan(Collection.FallDue, invoice);
        operation.Update(invoice, body =>
        {
            body["auto_advance"] = false;
            body["next_payment_attempt"] = null;
            body["status"] = status;
            body["status_transitions"]![moment] = now;
        });
    }

    /// <summary>
    /// Credit pays first. What is left below the least that can be charged, and a sum below zero, go onto the balance.
    /// </summary>
    private static void UseBalance(Operation operation, StripeObject invoice, StripeObject customer)
    {
        var due = invoice.Number("total") + customer.Number("balance");
        var tooLittle = due < Currencies.Minimum(invoice.Text("currency") ?? "usd");
        operation.Update(invoice, body =>
        {
            body["ending_balance"] = tooLittle ? due : 0;
            body["amount_due"] = tooLittle ? 0 : due;
            body["amount_remaining"] = body.Number("amount_due");
        });
        operation.Update(customer, body => body["balance"] = invoice.Number("ending_balance"));
    }

    /// <summary>What a voided invoice had used of the customer's balance is theirs again.</summary>
    private static void GiveBackBalance(Operation operation, StripeObject invoice)
    {
        var used = invoice.Number("ending_balance") - invoice.Number("starting_balance");
        if (used != 0 && operation.World.Find(Customers.Type, invoice.Text("customer")) is { } customer)
        {
            operation.Update(
                customer, body => body["balance"] = customer.Number("balance") - used, "customer.updated");
        }
    }

    private static void PrepareToPay(Operation operation, StripeObject invoice, StripeObject customer)
    {
        var due = invoice.Number("amount_due");
        if (due == 0)
        {
            operation.Tell("invoice.finalized", invoice);
            Paid(operation, invoice, null);
            return;
        }

        var place = operation.Place;
        var paidBy = operation.World.Find(PaymentIntents.Type, invoice.Hidden.Text("paid_by"));
        var intent = paidBy ?? PaymentIntents.Make(operation, new IntentTerms(due, invoice.Text("currency")!)
        {
            Customer = customer,
            Description = invoice.Text("billing_reason") switch
            {
                "subscription_create" => "Subscription creation",
                "subscription_cycle" or "subscription_update" => "Subscription update",
                _ => $"Invoice {invoice.Text("number")}",
            },
            Invoice = invoice.Id,
            More = new JsonObject { ["payment_method_types"] = TypesOf(operation.World, invoice) },
            SetupFutureUsage = invoice.Text("parent.type") is "subscription_details" ? "off_session" : null,
        });
        InvoicePayments.Open(operation, invoice, intent);
        operation.TellAt(place, "invoice.finalized", invoice);
        if (invoice.Body.Number("due_date") is { } date)
        {
            PlanDue(operation, invoice, date);
        }

        if (paidBy is not null)
        {
            // A debit may still be under way; what becomes of it the invoice hears later.
            operation.UpdateHidden(paidBy, hidden => hidden["invoice"] = invoice.Id);
            if (paidBy.Status is "succeeded")
            {
                Paid(operation, invoice, paidBy);
            }
        }
    }

    /// <summary>What may pay it: as it says itself, or its subscription, or the Dashboard.</summary>
    private static JsonNode TypesOf(World world, StripeObject invoice)
    {
        const string Chosen = "payment_settings.payment_method_types";
        return (invoice.Body.At(Chosen) ?? Invoices.SubscriptionOf(world, invoice)?.Body.At(Chosen))?.DeepClone()
            ?? MethodTypes.ToArray(MethodTypes.InDashboard(invoice.Text("currency")!));
    }

    private static void MarkCustomer(Operation operation, StripeObject invoice, bool delinquent)
    {
        if (operation.World.Find(Customers.Type, invoice.Text("customer")) is { } customer)
        {
            operation.Update(customer, body => body["delinquent"] = delinquent, "customer.updated");
        }
    }
}
