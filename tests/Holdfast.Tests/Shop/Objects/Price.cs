using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/prices/object</remarks>
internal sealed record Price : StripeObject
{
    public required string Product { get; init; }

    /// <summary>In cents, for one of it.</summary>
    public required long UnitAmount { get; init; }

    /// <summary><c>month</c> or <c>year</c>; null for what is bought once.</summary>
    public string? Interval { get; init; }

    public string? LookupKey { get; init; }

    public string? Nickname { get; init; }

    public bool IsActive { get; init; } = true;

    private string DecimalAmount => UnitAmount.ToString(CultureInfo.InvariantCulture);

    public DateTimeOffset EndOfPeriodFrom(DateTimeOffset start) =>
        Interval is "year" ? start.AddYears(1) : start.AddMonths(1);

    public override JsonObject Render(Rendering rendering) => rendering.Begin(this, "price").With(new()
    {
        ["active"] = IsActive,
        ["billing_scheme"] = "per_unit",
        ["currency"] = "usd",
        ["custom_unit_amount"] = null,
        ["lookup_key"] = LookupKey,
        ["metadata"] = new JsonObject(),
        ["nickname"] = Nickname,
        ["product"] = Product,
        ["recurring"] = Interval is null ? null : Recurring(rendering),
        ["tax_behavior"] = "unspecified",
        ["tiers_mode"] = null,
        ["transform_quantity"] = null,
        ["type"] = Interval is null ? "one_time" : "recurring",
        ["unit_amount"] = UnitAmount,
        ["unit_amount_decimal"] = DecimalAmount,
    });

    /// <summary>The plan Stripe keeps beside a recurring price, with the same id; before 2020, all there was.</summary>
    public JsonObject RenderPlan(Rendering rendering)
    {
        var plan = rendering.Begin(this, "plan").With(new()
        {
            ["active"] = IsActive,
            ["amount"] = UnitAmount,
            ["amount_decimal"] = DecimalAmount,
            ["billing_scheme"] = "per_unit",
            ["currency"] = "usd",
            ["interval"] = Interval,
            ["interval_count"] = 1,
            ["metadata"] = new JsonObject(),
            ["nickname"] = Nickname,
            ["product"] = Product,
            ["tiers_mode"] = null,
            ["transform_usage"] = null,
            ["trial_period_days"] = null,
            ["usage_type"] = "licensed",
        });
        return rendering.IsBasil
            ? plan.With(new() { ["meter"] = null })
            : plan.With(new() { ["aggregate_usage"] = null, ["tiers"] = null });
    }

    private JsonObject Recurring(Rendering rendering)
    {
        JsonObject recurring = new()
        {
            ["interval"] = Interval,
            ["interval_count"] = 1,
            ["trial_period_days"] = null,
            ["usage_type"] = "licensed",
        };
        return recurring.With(rendering.IsBasil ? new() { ["meter"] = null } : new() { ["aggregate_usage"] = null });
    }
}
