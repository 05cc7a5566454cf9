using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>Invoices over the API: drafts above all. https://docs.stripe.com/api/invoices</summary>
internal static class InvoicesApi
{
    private static readonly ApiVersion ItemsLeftOut = ApiVersion.Of("2022-08-01");

    /// <summary>What only a draft lets change.</summary>
    private static readonly string[] Fixed =
    [
        "collection_method", "days_until_due", "default_payment_method", "description", "discounts", "due_date",
        "footer", "number", "statement_descriptor",
    ];

    public static void Map(Catalog catalog)
    {
        catalog.Post("/v1/invoices", Create);
        catalog.Get("/v1/invoices", List);
        catalog.Get("/v1/invoices/{invoice}", call => Answer.Of(Named(call)));
        catalog.Post("/v1/invoices/{invoice}", Update);
        catalog.Delete("/v1/invoices/{invoice}", Delete);
        catalog.Get("/v1/invoices/{invoice}/lines", call =>
            new Answer.Many(call.List(Named(call).Body.Objects("lines"))));
        InvoiceSteps.Map(catalog);
    }

    public static StripeObject Named(Call call) => call.Named(Invoices.Type, "invoice", "invoice");

    private static Answer List(Call call)
    {
        var fits = call.Fits("customer", "status", "collection_method");
        var ofSubscription = call.FitsAt("subscription", "parent.subscription_details.subscription");
        return new Answer.Many(call.List(Invoices.Type, invoice => fits(invoice) && ofSubscription(invoice)));
    }

    private static Answer Create(Call call)
    {
        var asked = call.Params;
        asked.Required("customer");
        var customer = call.Given(Customers.Type, "customer")!;
        var subscription = call.Given(Subscriptions.Type, "subscription");
        var currency = asked.Has("currency") ? Currencies.Read(asked, "currency")
            : subscription?.Text("currency") ?? customer.Text("currency") ?? "usd";
        var includes = (asked.OneOf("pending_invoice_items_behavior", "exclude", "include")
            ?? (call.Version < ItemsLeftOut ? "include" : "exclude")) is "include";
        IReadOnlyList<StripeObject> items = includes || subscription is not null
            ? InvoiceItems.Pending(call.World, customer.Id, currency, subscription?.Id) : [];
        if (items.Count == 0 && subscription is not null)
        {
            throw ApiError.State("Nothing to invoice for subscription", "invoice_no_subscription_line_items");
        }

        var fields = new JsonObject();
        asked.SetMetadata(fields);
        var advances = asked.Flag("auto_advance") ?? false;
        var invoice = Drafting.Draft(call.Operation, new InvoiceTerms(customer, currency, "manual")
        {
            AutoAdvance = advances,
            CollectionMethod = asked.OneOf("collection_method", "charge_automatically", "send_invoice")
                ?? "charge_automatically",
            DaysUntilDue = DaysOf(asked),
            Discounts = asked.Has("discounts") || asked.Has("coupon") ? Discounts.Asked(call, asked) : null,
            Fields = Write(call, fields, customer),
            Items = items,
            Subscription = subscription,
            Waits = advances,
        });
        call.Operation.Tell("customer.updated", customer);
        return Answer.Of(invoice);
    }

    private static long? DaysOf(Params asked)
    {
        var days = asked.Integer("days_until_due");
        return days is null && asked.Integer("due_date") is null && asked.Text("collection_method") is "send_invoice"
            ? throw ApiError.Missing("days_until_due")
            : days;
    }

    /// <summary>The fields a draft takes as they are given.</summary>
    private static JsonObject Write(Call call, JsonObject fields, StripeObject? customer)
    {
        var asked = call.Params;
        asked.Set(fields, "description", "footer", "number", "statement_descriptor");
        if (asked.Integer("due_date") is { } due)
        {
            fields["due_date"] = due;
        }

        if (asked.Child("payment_settings") is { } settings && settings.Has("payment_method_types"))
        {
            var types = MethodTypes.KnownOnly(settings, "payment_method_types");
            fields["payment_settings"] = new JsonObject
            {
                ["default_mandate"] = null,
                ["payment_method_options"] = null,
                ["payment_method_types"] = types.Count == 0 ? null : MethodTypes.ToArray(types),
            };
        }

        if (asked.Text("default_payment_method") is { Length: > 0 } method)
        {
            fields["default_payment_method"] = PaymentMethods.OfCustomer(
                call.Operation, customer, method, "default_payment_method").Id;
        }

        return fields;
    }

    private static Answer Update(Call call)
    {
        var invoice = Named(call);
        var isDraft = invoice.Status is "draft";
        if (!isDraft && Fixed.FirstOrDefault(call.Params.Has) is { } name)
        {
            throw ApiError.State(
                $"This invoice is {invoice.Status}; its {name} can be changed no more.", "invoice_not_editable", name);
        }

        var advances = call.Params.Flag("auto_advance");
        call.Operation.Update(invoice, body =>
        {
            call.Params.SetMetadata(body);
            body["auto_advance"] = advances ?? body.Flag("auto_advance");
            if (isDraft)
            {
                Write(call, body, Invoices.CustomerOf(call.World, invoice));
                body["collection_method"] =
                    call.Params.OneOf("collection_method", "charge_automatically", "send_invoice")
                    ?? body.Text("collection_method");
            }
        });
        if (isDraft)
        {
            ChangeDraft(call, invoice, advances);
        }

        call.Operation.Tell("invoice.updated", invoice);
        return Answer.Of(invoice);
    }

    private static void ChangeDraft(Call call, StripeObject invoice, bool? advances)
    {
        if (call.Params.Integer("days_until_due") is { } days)
        {
            call.Operation.UpdateHidden(invoice, hidden => hidden["days_until_due"] = days);
        }

        if (call.Params.Has("discounts"))
        {
            var customer = Invoices.CustomerOf(call.World, invoice);
            StripeObject[] discounts = [.. Discounts.Asked(call, call.Params)
                .Select(one => Discounts.Grant(call.Operation, one, customer, invoice))];
            call.Operation.Update(invoice, body =>
                body["discounts"] = new JsonArray([.. discounts.Select(one => JsonValue.Create(one.Id))]));
            Drafting.Sum(call.Operation, invoice);
        }

        if (advances is { } does)
        {
            var at = call.Operation.Now(invoice) + Drafting.WaitSeconds;
            call.Operation.Unplan(Collection.Finalize, invoice);
            call.Operation.Update(invoice, body => body["automatically_finalizes_at"] = does ? at : null);
            if (does)
            {
                call.Operation.Plan(at, Collection.Finalize, invoice);
            }
        }
    }

    /// <summary>Its invoice items wait for another invoice.</summary>
    private static Answer Delete(Call call)
    {
        var invoice = Named(call);
        if (invoice.Status is not "draft" || Invoices.SubscriptionOf(call.World, invoice) is not null)
        {
            throw ApiError.State(
                "You can only delete draft invoices that belong to no subscription.", "invoice_not_editable");
        }

        foreach (var item in call.World.All(InvoiceItems.Type))
        {
            if (item.Text("invoice") == invoice.Id)
            {
                call.Operation.Update(item, body => body["invoice"] = null);
            }
        }

        call.Operation.Unplan(Collection.Finalize, invoice);
        call.Operation.Tell("invoice.deleted", invoice);
        call.Operation.Remove(invoice);
        return Answer.Deleted(invoice);
    }
}
