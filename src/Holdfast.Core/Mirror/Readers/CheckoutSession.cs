using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>One visit to a checkout page, and what came of it. Read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/checkout/sessions/object</remarks>
public sealed record CheckoutSession
{
    public required string Id { get; init; }

    /// <summary>
    /// <c>payment</c>, <c>setup</c> or <c>subscription</c>; null in bodies from before it was told (2019).
    /// </summary>
    public string? Mode { get; init; }

    /// <summary>
    /// <c>open</c>, <c>complete</c> or <c>expired</c>; null in bodies from before it was told (2021).
    /// </summary>
    public string? Status { get; init; }

    /// <summary>
    /// <c>paid</c>, <c>unpaid</c> (also while a bank debit is on its way) or <c>no_payment_required</c>; null in bodies
    /// from before it was told (2020).
    /// </summary>
    /// <remarks>https://docs.stripe.com/checkout/fulfillment</remarks>
    public string? PaymentStatus { get; init; }

    /// <summary>
    /// Where the page stands, in the words of 2026-03-25.dahlia: <c>hosted_page</c>, <c>embedded_page</c>,
    /// <c>elements</c> or <c>form</c>.
    /// </summary>
    public string? UiMode { get; init; }

    /// <summary>The application's own id for who or what this is about.</summary>
    public string? ClientReferenceId { get; init; }

    public string? Customer { get; init; }

    /// <summary>What the payer typed; before that, what the application had filled in.</summary>
    public string? CustomerEmail { get; init; }

    public string? Subscription { get; init; }

    public string? PaymentIntent { get; init; }

    public string? SetupIntent { get; init; }

    public string? Invoice { get; init; }

    public string? PaymentLink { get; init; }

    /// <summary>In the smallest unit of the currency; null in setup mode.</summary>
    public long? AmountTotal { get; init; }

    public string? Currency { get; init; }

    /// <summary>Null unless the application asked for an address.</summary>
    public ShippingDetails? Shipping { get; init; }

    /// <summary>
    /// What is bought; null unless a fetch has expanded <c>line_items</c>, as events never carry them (those of
    /// versions before 2020-08-27 carry their <c>display_items</c>).
    /// </summary>
    public IReadOnlyList<CheckoutLineItem>? LineItems { get; init; }

    /// <summary>Only the first items are here. The rest is at <c>/v1/checkout/sessions/{id}/line_items</c>.</summary>
    public bool HasMoreLineItems { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id.</exception>
    public static CheckoutSession Read(JsonElement body) => new()
    {
        Id = body.Required("id"),
        Mode = body.Text("mode"),
        Status = body.Text("status"),
        PaymentStatus = body.Text("payment_status"),
        UiMode = body.Text("ui_mode") switch
        {
            "hosted" => "hosted_page",
            "embedded" => "embedded_page",
            "custom" => "elements",
            var mode => mode,
        },
        ClientReferenceId = body.Text("client_reference_id"),
        Customer = body.Id("customer"),
        CustomerEmail = body.Text("customer_details", "email") ?? body.Text("customer_email"),
        Subscription = body.Id("subscription"),
        PaymentIntent = body.Id("payment_intent"),
        SetupIntent = body.Id("setup_intent"),
        Invoice = body.Id("invoice"),
        PaymentLink = body.Id("payment_link"),
        AmountTotal = body.Number("amount_total"),
        Currency = body.Text("currency"),
        // Under collected_information since 2025-03-31.basil, named shipping before 2022-08-01.
        Shipping = ShippingDetails.Read(
            body.At("collected_information", "shipping_details") ?? body.At("shipping_details") ?? body.At("shipping")),
        LineItems = CheckoutLineItem.ReadAll(body.At("line_items") ?? body.At("display_items")),
        HasMoreLineItems = body.Flag("line_items", "has_more") is true,
        CreatedAt = body.Moment("created"),
        ExpiresAt = body.Moment("expires_at"),
        Metadata = body.Metadata("metadata"),
    };
}

/// <summary>One price that is bought, in a quantity.</summary>
public sealed record CheckoutLineItem
{
    /// <summary>Null for display items, which have none.</summary>
    public string? Id { get; init; }

    /// <summary>The price; before prices existed (2020) the plan or the SKU.</summary>
    public string? Price { get; init; }

    public string? Product { get; init; }

    public string? LookupKey { get; init; }

    public string? Description { get; init; }

    /// <summary>How many; 1 where Stripe states none.</summary>
    public required long Quantity { get; init; }

    /// <summary>
    /// With taxes and discounts, in the smallest unit of the currency; null for display items, which tell it for one.
    /// </summary>
    public long? AmountTotal { get; init; }

    public string? Currency { get; init; }

    /// <param name="items">A list, or the bare array that display items come in.</param>
    internal static IReadOnlyList<CheckoutLineItem>? ReadAll(JsonElement? items) =>
        items is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } list ? [.. list.List().Select(Read)] : null;

    internal static CheckoutLineItem Read(JsonElement item) => new()
    {
        Id = item.Text("id"),
        Price = item.Id("price") ?? item.Id("plan") ?? item.Id("sku"),
        Product = item.Id("price", "product") ?? item.Id("plan", "product") ?? item.Id("sku", "product"),
        LookupKey = item.Text("price", "lookup_key"),
        Description = item.Text("description"),
        Quantity = item.Number("quantity") ?? 1,
        AmountTotal = item.Number("amount_total"),
        Currency = item.Text("currency"),
    };
}

/// <summary>Where the goods go.</summary>
public sealed record ShippingDetails
{
    public string? Name { get; init; }

    public string? Line1 { get; init; }

    public string? Line2 { get; init; }

    public string? PostalCode { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    /// <summary>Two letters, ISO 3166.</summary>
    public string? Country { get; init; }

    internal static ShippingDetails? Read(JsonElement? shipping) =>
        shipping is { } details && details.At("address") is { ValueKind: JsonValueKind.Object } address
            ? new()
            {
                Name = details.Text("name"),
                Line1 = address.Text("line1"),
                Line2 = address.Text("line2"),
                PostalCode = address.Text("postal_code"),
                City = address.Text("city"),
                State = address.Text("state"),
                Country = address.Text("country"),
            }
            : null;
}
