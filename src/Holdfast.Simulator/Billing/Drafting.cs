using System.Text.Json.Nodes;
using Holdfast.Simulator.State;

namespace Holdfast.Simulator.Billing;

/// <summary>An invoice to be made: for whom, why, and what comes of it by itself.</summary>
internal sealed record InvoiceTerms(StripeObject Customer, string Currency, string Reason)
{
    public StripeObject? Subscription { get; init; }

    /// <summary>Of the subscription's periods; what waits as invoice items comes besides.</summary>
    public IReadOnlyList<JsonObject> Lines { get; init; } = [];

    public IReadOnlyList<StripeObject> Items { get; init; } = [];

    /// <summary>Its own; null for those of the subscription or else of the customer.</summary>
    public IReadOnlyList<DiscountTerms>? Discounts { get; init; }

    /// <summary>From when its items were gathered: not the time it pays for.</summary>
    public long? PeriodStart { get; init; }

    public string CollectionMethod { get; init; } = "charge_automatically";

    public long? DaysUntilDue { get; init; }

    public bool AutoAdvance { get; init; }

    /// <summary>It stays a draft for an hour and is then finalized by itself.</summary>
    public bool Waits { get; init; }

    /// <summary>Further fields, as the caller gave them.</summary>
    public JsonObject Fields { get; init; } = [];
}

/// <summary>Drafts: what an invoice is until it is finalized.</summary>
internal static class Drafting
{
    /// <summary>https://docs.stripe.com/invoicing/integration/workflow-transitions</summary>
    public const long WaitSeconds = 60 * 60;

    /// <summary>Makes a draft, and tells it.</summary>
    public static StripeObject Draft(Operation operation, InvoiceTerms terms)
    {
        var (customer, now) = (terms.Customer, operation.Now(terms.Customer));
        var fields = new JsonObject
        {
            ["auto_advance"] = terms.AutoAdvance,
            ["automatically_finalizes_at"] = terms.Waits ? now + WaitSeconds : null,
            ["billing_reason"] = terms.Reason,
            ["collection_method"] = terms.CollectionMethod,
            ["currency"] = terms.Currency,
            ["customer"] = customer.Id,
            ["customer_account"] = customer.Text("customer_account"),
            ["due_date"] = terms.DaysUntilDue is { } days ? now + (days * 24 * 60 * 60) : null,
            ["next_payment_attempt"] = terms is { Waits: true, CollectionMethod: "charge_automatically" }
                ? now + WaitSeconds : null,
            ["parent"] = terms.Subscription is { } subscription ? ParentOf(subscription) : null,
            ["period_end"] = now,
            ["period_start"] = terms.PeriodStart ?? now,
            ["test_clock"] = customer.Clock,
            ["webhooks_delivered_at"] = now,
        };
        fields.Take(terms.Fields);
        var invoice = operation.Create(Invoices.Type, fields, customer.Clock);
        operation.Update(invoice, body =>
        {
            WriteCustomer(body, customer);
            body.Child("lines")!["url"] = $"/v1/invoices/{invoice.Id}/lines";
            foreach (var line in terms.Lines)
            {
                line["invoice"] = invoice.Id;
                body.Items("lines").Add(line);
            }
        });
        operation.UpdateHidden(invoice, hidden => hidden["days_until_due"] = terms.DaysUntilDue);
        Add(operation, invoice, terms.Items);
        GiveDiscounts(operation, invoice, terms);
        Sum(operation, invoice);
        Remember(operation, customer, terms, invoice);
        operation.Tell("invoice.created", invoice);
        if (terms.Waits)
        {
            operation.Plan(now + WaitSeconds, Collection.Finalize, invoice);
        }

        return invoice;
    }

    /// <summary>Takes invoice items in, as lines.</summary>
    public static void Add(Operation operation, StripeObject invoice, IReadOnlyList<StripeObject> items)
    {
        foreach (var item in items)
        {
            operation.Update(item, body => body["invoice"] = invoice.Id);
            var line = InvoiceLines.OfItem(operation.World, item);
            line["invoice"] = invoice.Id;
            operation.Update(invoice, body => body.Items("lines").Add(line));
        }

        Sum(operation, invoice);
    }

    /// <summary>Takes an invoice item's line out again.</summary>
    public static void Take(Operation operation, StripeObject invoice, string item)
    {
        operation.Update(invoice, body =>
        {
            if (body.Objects("lines").FirstOrDefault(line => InvoiceLines.ItemOf(line) == item) is { } line)
            {
                body.Items("lines").Remove(line);
            }
        });
        Sum(operation, invoice);
    }

    /// <summary>Brings a changed invoice item's line up to date, in its place.</summary>
    public static void Replace(Operation operation, StripeObject invoice, StripeObject item)
    {
        operation.Update(invoice, body =>
        {
            var lines = body.Items("lines");
            if (body.Objects("lines").FirstOrDefault(line => InvoiceLines.ItemOf(line) == item.Id) is { } old)
            {
                var line = InvoiceLines.OfItem(operation.World, item);
                (line["id"], line["invoice"]) = (old.Text("id"), invoice.Id);
                lines[lines.IndexOf(old)] = line;
            }
        });
        Sum(operation, invoice);
    }

    public static void Sum(Operation operation, StripeObject invoice)
    {
        JsonObject[] discounts = [.. Discounts.Of(operation.World, invoice).Select(discount => discount.Body)];
        var balance = Invoices.CustomerOf(operation.World, invoice).Number("balance");
        operation.Update(invoice, body => Totals.Write(body, discounts, balance));
    }

    private static void GiveDiscounts(Operation operation, StripeObject invoice, InvoiceTerms terms)
    {
        IReadOnlyList<StripeObject> discounts = terms.Discounts is { } asked
            ? [.. asked.Select(one => Discounts.Grant(operation, one, terms.Customer, invoice))]
            : terms.Subscription is { } subscription
                && Discounts.Of(operation.World, subscription) is { Count: > 0 } its
                ? its
                : Discounts.Of(operation.World, terms.Customer);
        operation.Update(invoice, body =>
            body["discounts"] = new JsonArray([.. discounts.Select(discount => JsonValue.Create(discount.Id))]));
    }

    /// <summary>The first invoice settles the customer's currency; a subscription knows its invoices.</summary>
    private static void Remember(Operation operation, StripeObject customer, InvoiceTerms terms, StripeObject invoice)
    {
        if (customer.Text("currency") is null)
        {
            operation.Update(customer, body => body["currency"] = terms.Currency);
        }

        if (terms.Subscription is not { } subscription)
        {
            return;
        }

        operation.Update(subscription, body => body["latest_invoice"] = invoice.Id);
        operation.UpdateHidden(subscription, hidden =>
        {
            var invoices = hidden.Items("invoices");
            if (invoices.Parent is null)
            {
                hidden["invoices"] = invoices = [];
            }

            invoices.Add(invoice.Id);
        });
    }

    private static JsonObject ParentOf(StripeObject subscription) => new()
    {
        ["quote_details"] = null,
        ["subscription_details"] = new JsonObject
        {
            ["metadata"] = subscription.Body.Child("metadata")?.Copy(),
            ["subscription"] = subscription.Id,
        },
        ["type"] = "subscription_details",
    };

    private static void WriteCustomer(JsonObject body, StripeObject customer)
    {
        body["customer_address"] = customer.Body.Child("address")?.Copy();
        body["customer_email"] = customer.Text("email");
        body["customer_name"] = customer.Text("name");
        body["customer_phone"] = customer.Text("phone");
        body["customer_shipping"] = customer.Body.Child("shipping")?.Copy();
        body["customer_tax_exempt"] = customer.Text("tax_exempt");
    }
}
