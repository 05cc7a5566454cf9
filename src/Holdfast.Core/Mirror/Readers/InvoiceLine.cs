using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>One line of an invoice: a price for a time, or a part given back when the subscription changed.</summary>
/// <remarks>https://docs.stripe.com/api/invoice-line-item/object</remarks>
public sealed record InvoiceLine
{
    public required string Id { get; init; }

    /// <summary>
    /// Stripe's word of today for where it comes from: <c>subscription_item_details</c> (<c>subscription</c> before
    /// 2025-03-31.basil) or <c>invoice_item_details</c> (<c>invoiceitem</c>).
    /// </summary>
    public string? Type { get; init; }

    /// <summary>In the smallest unit of the currency; below zero when it gives back.</summary>
    public required long Amount { get; init; }

    public string? Currency { get; init; }

    public string? Description { get; init; }

    public long? Quantity { get; init; }

    public string? Price { get; init; }

    public string? Product { get; init; }

    public string? Subscription { get; init; }

    public string? SubscriptionItem { get; init; }

    public string? InvoiceItem { get; init; }

    /// <summary>It settles a change in the middle of a period.</summary>
    public bool IsProration { get; init; }

    public long? Tax { get; init; }

    /// <summary>The time the money is for, which the period of the invoice as a whole is not.</summary>
    public DateTimeOffset? PeriodStartsAt { get; init; }

    public DateTimeOffset? PeriodEndsAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <param name="line">
    /// The line. Since 2025-03-31.basil its origin is under <c>parent</c> and its price under <c>pricing</c>.
    /// </param>
    internal static InvoiceLine Read(JsonElement line)
    {
        var item = line.At("parent", "subscription_item_details") ?? default;
        var invoiceItem = line.At("parent", "invoice_item_details") ?? default;
        return new()
        {
            Id = line.Required("id"),
            Type = line.Text("parent", "type") ?? line.Text("type") switch
            {
                "subscription" => "subscription_item_details",
                "invoiceitem" => "invoice_item_details",
                var type => type,
            },
            Amount = line.RequiredNumber("amount"),
            Currency = line.Text("currency"),
            Description = line.Text("description"),
            Quantity = line.Number("quantity"),
            Price = line.Id("pricing", "price_details", "price") ?? line.Id("price") ?? line.Id("plan"),
            Product = line.Id("pricing", "price_details", "product")
                ?? line.Id("price", "product")
                ?? line.Id("plan", "product"),
            Subscription = item.Id("subscription") ?? invoiceItem.Id("subscription") ?? line.Id("subscription"),
            SubscriptionItem = item.Id("subscription_item") ?? line.Id("subscription_item"),
            InvoiceItem = item.Id("invoice_item") ?? invoiceItem.Id("invoice_item") ?? line.Id("invoice_item"),
            IsProration = (item.Flag("proration") ?? invoiceItem.Flag("proration") ?? line.Flag("proration")) is true,
            Tax = Invoice.TaxOf(line.List("taxes")) ?? Invoice.TaxOf(line.List("tax_amounts")),
            PeriodStartsAt = line.Moment("period", "start"),
            PeriodEndsAt = line.Moment("period", "end"),
            Metadata = line.Metadata("metadata"),
        };
    }
}
