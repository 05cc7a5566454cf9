using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Simulator.Objects;
using Holdfast.Simulator.State;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Billing;

/// <summary>The lines of an invoice, which live in its body. https://docs.stripe.com/api/invoice-line-item</summary>
internal static class InvoiceLines
{
    public static readonly ObjectType Type = new("line_item", "il", """
        {
          "id": "", "object": "line_item", "amount": 0, "currency": "usd", "description": null, "discount_amounts": [],
          "discountable": true, "discounts": [], "invoice": null, "livemode": false, "metadata": {}, "parent": null,
          "period": { "end": 0, "start": 0 }, "pretax_credit_amounts": [], "pricing": null, "quantity": 1,
          "quantity_decimal": "1", "subscription": null, "subtotal": 0, "taxes": []
        }
        """)
    { Shapes = [new Shape(ApiVersion.Basil, BeforeBasil)] };

    /// <summary>A subscription item for one period, or for the days of a trial.</summary>
    public static JsonObject OfPeriod(World world, JsonObject item, long amount, string description)
    {
        var line = New(world, amount, item.Text("price.currency"), description, item.Number("quantity") ?? 1);
        line["metadata"] = item.Child("metadata")?.Copy();
        line["parent"] = SubscriptionParent(item.Text("subscription"), item.Text("id"), null, null);
        line["period"] = new JsonObject
        {
            ["end"] = item.Number("current_period_end"),
            ["start"] = item.Number("current_period_start"),
        };
        line["pricing"] = Pricing(item.Child("price")!);
        line["subscription"] = item.Text("subscription");
        return line;
    }

    /// <summary>What an invoice item brings into an invoice.</summary>
    public static JsonObject OfItem(World world, StripeObject item)
    {
        var line = New(
            world, item.Number("amount"), item.Text("currency"), item.Text("description"), item.Number("quantity"));
        line["discountable"] = item.Body.Flag("discountable");
        line["metadata"] = item.Body.Child("metadata")?.Copy();
        line["period"] = item.Body.Child("period")?.Copy();
        line["pricing"] = item.Body.Child("pricing")?.Copy();
        var subscription = item.Text("parent.subscription_details.subscription");
        line["subscription"] = subscription;
        line["parent"] = item.Body.Flag("proration")
            ? SubscriptionParent(
                subscription, item.Text("parent.subscription_details.subscription_item"), item.Id,
                item.Body.Child("_credited")?.Copy())
            : new JsonObject
            {
                ["invoice_item_details"] = new JsonObject
                {
                    ["invoice_item"] = item.Id,
                    ["proration"] = false,
                    ["proration_details"] = new JsonObject { ["credited_items"] = null },
                    ["subscription"] = subscription,
                },
                ["subscription_item_details"] = null,
                ["type"] = "invoice_item_details",
            };
        return line;
    }

    public static JsonObject Pricing(JsonObject price) => new()
    {
        ["price_details"] = new JsonObject { ["price"] = price.Text("id"), ["product"] = price.Text("product") },
        ["type"] = "price_details",
        ["unit_amount_decimal"] = price.Text("unit_amount_decimal"),
    };

    /// <summary>The invoice item a line came from, null for a line of a period.</summary>
    public static string? ItemOf(JsonObject line) => line.Text("parent.invoice_item_details.invoice_item")
        ?? line.Text("parent.subscription_item_details.invoice_item");

    private static JsonObject New(World world, long amount, string? currency, string? description, long quantity)
    {
        var line = Type.NewBody();
        line["id"] = world.Ids.Next(Type.Prefix);
        line["amount"] = amount;
        line["currency"] = currency;
        line["description"] = description;
        line["quantity"] = quantity;
        line["quantity_decimal"] = quantity.ToString(CultureInfo.InvariantCulture);
        line["subtotal"] = amount;
        return line;
    }

    private static JsonObject SubscriptionParent(
        string? subscription, string? item, string? invoiceItem, JsonObject? credited) =>
        new()
        {
            ["invoice_item_details"] = null,
            ["subscription_item_details"] = new JsonObject
            {
                ["invoice_item"] = invoiceItem,
                ["proration"] = invoiceItem is not null,
                ["proration_details"] = new JsonObject { ["credited_items"] = credited },
                ["subscription"] = subscription,
                ["subscription_item"] = item,
            },
            ["type"] = "subscription_item_details",
        };

    private static void BeforeBasil(World world, JsonObject body)
    {
        var details = body.Child("parent.subscription_item_details") ?? body.Child("parent.invoice_item_details");
        var price = world.Find(Prices.Type, body.Text("pricing.price_details.price"));
        var item = ItemOf(body);
        body["amount_excluding_tax"] = body.Number("amount");
        body["plan"] = price?.Text("type") is "recurring" ? Plans.Of(price.Body) : null;
        body["price"] = price?.Body.Copy();
        body["proration"] = details?.Flag("proration") ?? false;
        body["proration_details"] = details?.Child("proration_details")?.Copy()
            ?? new JsonObject { ["credited_items"] = null };
        body["tax_amounts"] = new JsonArray();
        body["tax_rates"] = new JsonArray();
        body["type"] = item is null ? "subscription" : "invoiceitem";
        body["unit_amount_excluding_tax"] = body.Text("pricing.unit_amount_decimal");
        if (item is not null)
        {
            body["invoice_item"] = item;
        }

        if (details?.Text("subscription_item") is { } subscriptionItem)
        {
            body["subscription_item"] = subscriptionItem;
        }

        foreach (var name in (ReadOnlySpan<string>)["parent", "pricing", "quantity_decimal", "subtotal", "taxes"])
        {
            body.Remove(name);
        }
    }
}
