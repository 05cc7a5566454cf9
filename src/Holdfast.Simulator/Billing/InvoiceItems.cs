using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Http;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.Payments;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>Invoice items: what waits for the next invoice. https://docs.stripe.com/api/invoiceitems</summary>
internal static class InvoiceItems
{
    public static readonly ObjectType Type = new("invoiceitem", "ii", """
        {
          "id": "", "object": "invoiceitem", "amount": 0, "currency": "usd", "customer": "", "customer_account": null,
          "date": 0, "description": null, "discountable": true, "discounts": [], "invoice": null, "livemode": false,
          "metadata": {}, "net_amount": 0, "parent": null, "period": { "end": 0, "start": 0 }, "pricing": null,
          "proration": false, "quantity": 1, "quantity_decimal": "1", "tax_rates": [], "test_clock": null
        }
        """)
    { Shapes = [new Shape(ApiVersion.Basil, BeforeBasil)] };

    public static void Map(Catalog catalog)
    {
        catalog.Add(Type);
        catalog.Post("/v1/invoiceitems", Create);
        catalog.Get("/v1/invoiceitems", List);
        catalog.Get("/v1/invoiceitems/{invoiceitem}", call =>
            Answer.Of(call.Named(Type, "invoiceitem", "invoiceitem")));
        catalog.Post("/v1/invoiceitems/{invoiceitem}", Update);
        catalog.Delete("/v1/invoiceitems/{invoiceitem}", Delete);
    }

    /// <summary>Something to be paid, or a credit when the amount is negative; told.</summary>
    /// <param name="write">What else is written before it is told.</param>
    public static StripeObject Make(
        Operation operation, StripeObject customer, JsonObject fields, Action<JsonObject>? write = null)
    {
        var now = operation.Now(customer);
        var body = new JsonObject
        {
            ["customer"] = customer.Id,
            ["date"] = now,
            ["period"] = new JsonObject { ["end"] = now, ["start"] = now },
            ["test_clock"] = customer.Clock,
        };
        body.Take(fields);
        body["net_amount"] = body.Number("amount");
        body["quantity_decimal"] = (body.Number("quantity") ?? 1).ToString(CultureInfo.InvariantCulture);
        var item = operation.Create(Type, body, customer.Clock);
        operation.Update(item, made => write?.Invoke(made), "invoiceitem.created");
        return item;
    }

    /// <summary>Those of a customer that no invoice has taken yet, in the order they were made.</summary>
    /// <param name="subscription">Those of this subscription and of none; null for those of none alone.</param>
    public static IReadOnlyList<StripeObject> Pending(
        World world, string customer, string currency, string? subscription) =>
    [
        .. world.All(Type).Where(item => item.Text("invoice") is null && item.Text("customer") == customer
            && item.Text("currency") == currency
            && (item.Text("parent.subscription_details.subscription") is not { } of || of == subscription)),
    ];

    private static Answer Create(Call call)
    {
        var asked = call.Params;
        asked.Required("customer");
        var customer = call.Given(Customers.Type, "customer")!;
        var invoice = DraftGiven(call, customer);
        var fields = new JsonObject { ["invoice"] = invoice?.Id, ["quantity"] = asked.Integer("quantity") ?? 1 };
        WriteAmount(call, fields);
        if (call.Given(Subscriptions.Type, "subscription") is { } subscription)
        {
            fields["parent"] = ParentOf(subscription.Id, null);
        }

        var item = Make(call.Operation, customer, fields, body => Write(asked, body));
        if (invoice is not null)
        {
            Drafting.Add(call.Operation, invoice, [item]);
            call.Operation.Tell("invoice.updated", invoice);
        }

        return Answer.Of(item);
    }

    public static JsonObject ParentOf(string subscription, string? subscriptionItem)
    {
        var details = new JsonObject { ["subscription"] = subscription };
        if (subscriptionItem is not null)
        {
            details["subscription_item"] = subscriptionItem;
        }

        return new JsonObject { ["subscription_details"] = details, ["type"] = "subscription_details" };
    }

    private static StripeObject? DraftGiven(Call call, StripeObject customer)
    {
        var invoice = call.Given(Invoices.Type, "invoice");
        return invoice is null || (invoice.Status is "draft" && invoice.Text("customer") == customer.Id) ? invoice
            : throw ApiError.State(
                "You cannot add items to this invoice: it is no draft of this customer.", "invoice_not_editable",
                "invoice");
    }

    /// <summary>By an amount, or by a price and a quantity.</summary>
    private static void WriteAmount(Call call, JsonObject fields)
    {
        var asked = call.Params;
        if (PriceOf(call) is { } price)
        {
            if (price.Text("type") is "recurring")
            {
                throw ApiError.State(
                    "The price specified is recurring; an invoice item takes one_time prices.", param: "price");
            }

            fields["amount"] = Money.Round(Money.Of(price.Body, fields.Number("quantity") ?? 1));
            fields["currency"] = price.Text("currency");
            fields["pricing"] = InvoiceLines.Pricing(price.Body);
            if (price.Text("nickname") is null && asked.Text("description") is null)
            {
                fields["description"] = call.World.Find(Products.Type, price.Text("product"))?.Text("name");
            }

            if (asked.Text("currency") is { Length: > 0 } currency && currency != price.Text("currency"))
            {
                throw ApiError.State("The price is in another currency.", param: "currency");
            }

            return;
        }

        var unit = asked.Decimal("unit_amount_decimal") ?? asked.Integer("unit_amount");
        var amount = unit is { } each ? Money.Round(each * (fields.Number("quantity") ?? 1))
            : asked.RequiredInteger("amount");
        fields["amount"] = amount;
        fields["currency"] = Currencies.Read(asked, "currency");
        fields["pricing"] = new JsonObject
        {
            ["type"] = "price_details",
            ["unit_amount_decimal"] = (unit ?? amount).ToString("0.############", CultureInfo.InvariantCulture),
        };
    }

    private static StripeObject? PriceOf(Call call)
    {
        if (call.Params.Child("price_data") is { } terms)
        {
            return Prices.Make(call, terms, null);
        }

        return call.Params.Child("pricing") is { } pricing
            ? call.Given(Prices.Type, pricing, "price")
            : call.Given(Prices.Type, "price");
    }

    private static Answer Update(Call call)
    {
        var item = Editable(call);
        call.Operation.Update(item, body =>
        {
            if (call.Params.Integer("quantity") is { } quantity
                && body.Text("pricing.unit_amount_decimal") is { } unit)
            {
                body["quantity"] = quantity;
                body["quantity_decimal"] = quantity.ToString(CultureInfo.InvariantCulture);
                body["amount"] = Money.Round(decimal.Parse(unit, CultureInfo.InvariantCulture) * quantity);
            }

            body["amount"] = call.Params.Integer("amount") ?? body.Number("amount");
            body["net_amount"] = body.Number("amount");
            Write(call.Params, body);
        });
        if (call.World.Find(Invoices.Type, item.Text("invoice")) is { } invoice)
        {
            Drafting.Replace(call.Operation, invoice, item);
            call.Operation.Tell("invoice.updated", invoice);
        }

        return Answer.Of(item);
    }

    private static Answer Delete(Call call)
    {
        var item = Editable(call);
        call.Operation.Tell("invoiceitem.deleted", item);
        call.Operation.Remove(item);
        if (call.World.Find(Invoices.Type, item.Text("invoice")) is { } invoice)
        {
            Drafting.Take(call.Operation, invoice, item.Id);
            call.Operation.Tell("invoice.updated", invoice);
        }

        return Answer.Deleted(item);
    }

    private static StripeObject Editable(Call call)
    {
        var item = call.Named(Type, "invoiceitem", "invoiceitem");
        return call.World.Find(Invoices.Type, item.Text("invoice"))?.Status is null or "draft" ? item
            : throw ApiError.State("You cannot change an item of an invoice that is no draft.", "invoice_not_editable");
    }

    private static Answer List(Call call)
    {
        var pending = call.Params.Flag("pending");
        var fits = call.Fits("customer", "invoice");
        return new Answer.Many(call.List(
            Type, item => fits(item) && (pending is null || pending == item.Text("invoice") is null)));
    }

    private static void Write(Params asked, JsonObject body)
    {
        asked.Set(body, "description");
        asked.SetMetadata(body);
        if (asked.Flag("discountable") is { } discountable)
        {
            body["discountable"] = discountable;
        }

        if (asked.Child("period") is { } period)
        {
            body["period"] = new JsonObject
            {
                ["end"] = period.RequiredInteger("end"),
                ["start"] = period.RequiredInteger("start"),
            };
        }
    }

    private static void BeforeBasil(World world, JsonObject body)
    {
        var price = world.Find(Prices.Type, body.Text("pricing.price_details.price"));
        var unit = body.Text("pricing.unit_amount_decimal");
        body["plan"] = price?.Text("type") is "recurring" ? Plans.Of(price.Body) : null;
        body["price"] = price?.Body.Copy();
        body["subscription"] = body.Text("parent.subscription_details.subscription");
        if (body.Text("parent.subscription_details.subscription_item") is { } item)
        {
            body["subscription_item"] = item;
        }

        body["unit_amount"] = long.TryParse(unit, CultureInfo.InvariantCulture, out var whole) ? whole : null;
        body["unit_amount_decimal"] = unit;
        foreach (var name in (ReadOnlySpan<string>)[
            "parent", "pricing", "customer_account", "net_amount", "quantity_decimal", "proration_details"])
        {
            body.Remove(name);
        }
    }
}
