using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/invoice-line-item/object</remarks>
internal sealed record InvoiceLine
{
    public required string Id { get; init; }

    public required string Description { get; init; }

    /// <summary>In cents; negative for what a proration gives back.</summary>
    public required long Amount { get; init; }

    public required Price Price { get; init; }

    public long Quantity { get; init; } = 1;

    public required DateTimeOffset PeriodStartsAt { get; init; }

    public required DateTimeOffset PeriodEndsAt { get; init; }

    public string? SubscriptionItem { get; init; }

    /// <summary>The invoice item behind the line: of a proration, or of an invoice written by hand.</summary>
    public string? InvoiceItem { get; init; }

    public bool IsProration { get; init; }

    public JsonObject Render(Rendering rendering, Invoice invoice)
    {
        JsonObject line = new()
        {
            ["id"] = Id,
            ["object"] = "line_item",
            ["amount"] = Amount,
            ["currency"] = "usd",
            ["description"] = Description,
            ["discountable"] = !IsProration,
            ["livemode"] = rendering.IsLive,
            ["metadata"] = Parts.Metadata(invoice.SubscriptionMetadata),
            ["period"] = new JsonObject { ["end"] = PeriodEndsAt.Unix(), ["start"] = PeriodStartsAt.Unix() },
            ["quantity"] = Quantity,
            ["subscription"] = invoice.Subscription,
        };
        if (rendering.Shape > ApiVersionShape.Of2019)
        {
            line.With(new()
            {
                ["discount_amounts"] = new JsonArray(),
                ["discounts"] = new JsonArray(),
                ["invoice"] = invoice.Id,
                ["pretax_credit_amounts"] = new JsonArray(),
            });
        }

        return line.With(rendering.IsBasil ? SinceBasil(invoice) : UntilBasil(rendering));
    }

    private JsonObject UntilBasil(Rendering rendering)
    {
        JsonObject line = new()
        {
            ["plan"] = Price.Interval is null ? null : Price.RenderPlan(rendering),
            ["proration"] = IsProration,
            ["subscription_item"] = SubscriptionItem,
            ["tax_amounts"] = new JsonArray(),
            ["tax_rates"] = new JsonArray(),
            ["type"] = InvoiceItem is null ? "subscription" : "invoiceitem",
        };
        if (InvoiceItem is not null)
        {
            line["invoice_item"] = InvoiceItem;
        }

        return rendering.Shape is ApiVersionShape.Of2019
            ? line
            : line.With(new()
            {
                ["amount_excluding_tax"] = Amount,
                ["price"] = Price.Render(rendering),
                ["proration_details"] = new JsonObject { ["credited_items"] = null },
                ["unit_amount_excluding_tax"] = UnitAmount,
            });
    }

    private JsonObject SinceBasil(Invoice invoice)
    {
        var isOfItem = SubscriptionItem is not null;
        return new()
        {
            ["parent"] = new JsonObject
            {
                ["invoice_item_details"] = isOfItem ? null : Details(invoice),
                ["subscription_item_details"] = isOfItem ? Details(invoice) : null,
                ["type"] = isOfItem ? "subscription_item_details" : "invoice_item_details",
            },
            ["pricing"] = new JsonObject
            {
                ["price_details"] = new JsonObject { ["price"] = Price.Id, ["product"] = Price.Product },
                ["type"] = "price_details",
                ["unit_amount_decimal"] = UnitAmount,
            },
            ["taxes"] = new JsonArray(),
        };
    }

    private JsonObject Details(Invoice invoice)
    {
        JsonObject details = new()
        {
            ["invoice_item"] = InvoiceItem,
            ["proration"] = IsProration,
            ["proration_details"] = new JsonObject { ["credited_items"] = null },
            ["subscription"] = invoice.Subscription,
        };
        return SubscriptionItem is null ? details : details.With(new() { ["subscription_item"] = SubscriptionItem });
    }

    private string UnitAmount => Price.UnitAmount.ToString(CultureInfo.InvariantCulture);
}
