using System.Globalization;
using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>
/// What a product costs, once or per interval. Plans and SKUs, which stood for prices before 2020 and share their ids,
/// are read as prices too.
/// </summary>
/// <remarks>https://docs.stripe.com/api/prices/object and https://docs.stripe.com/api/plans/object</remarks>
public sealed record Price
{
    public required string Id { get; init; }

    public string? Product { get; init; }

    /// <summary>It can be bought; subscriptions that have an archived price keep it.</summary>
    public bool IsActive { get; init; }

    /// <summary><c>recurring</c> or <c>one_time</c>.</summary>
    public required string Type { get; init; }

    public required string Currency { get; init; }

    /// <summary>
    /// For one unit, in the smallest unit of the currency; null when tiered, or finer than that unit.
    /// </summary>
    public long? UnitAmount { get; init; }

    /// <summary>The same where it may be finer than the currency's smallest unit.</summary>
    public decimal? UnitAmountDecimal { get; init; }

    /// <summary><c>per_unit</c> or <c>tiered</c>.</summary>
    public string? BillingScheme { get; init; }

    /// <summary><c>day</c>, <c>week</c>, <c>month</c> or <c>year</c>; null when bought once.</summary>
    public string? Interval { get; init; }

    public long? IntervalCount { get; init; }

    /// <summary><c>licensed</c> bills a quantity, <c>metered</c> what was used.</summary>
    public string? UsageType { get; init; }

    /// <summary>A name of the merchant's that can move from one price to its successor.</summary>
    public string? LookupKey { get; init; }

    public string? Nickname { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id or no currency.</exception>
    public static Price Read(JsonElement body)
    {
        var interval = body.Text("recurring", "interval") ?? body.Text("interval");
        return new()
        {
            Id = body.Required("id"),
            Product = body.Id("product"),
            IsActive = body.Flag("active") is true,
            Type = body.Text("type") ?? (interval is null ? "one_time" : "recurring"),
            Currency = body.Required("currency"),
            // A plan names it amount, a SKU price.
            UnitAmount = body.Number("unit_amount") ?? body.Number("amount") ?? body.Number("price"),
            UnitAmountDecimal = Decimal(body.Text("unit_amount_decimal") ?? body.Text("amount_decimal")),
            BillingScheme = body.Text("billing_scheme"),
            Interval = interval,
            IntervalCount = body.Number("recurring", "interval_count") ?? body.Number("interval_count"),
            UsageType = body.Text("recurring", "usage_type") ?? body.Text("usage_type"),
            LookupKey = body.Text("lookup_key"),
            Nickname = body.Text("nickname"),
            CreatedAt = body.Moment("created"),
            Metadata = body.Metadata("metadata"),
        };
    }

    private static decimal? Decimal(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
