using System.Text.Json.Nodes;

namespace Holdfast.Tests.Shop.Objects;

/// <remarks>https://docs.stripe.com/api/subscriptions/object</remarks>
internal sealed record Subscription : StripeObject
{
    public required string Customer { get; init; }

    public required string Status { get; init; }

    public required string ItemId { get; init; }

    public required Price Price { get; init; }

    public long Quantity { get; init; } = 1;

    public required DateTimeOffset PeriodStartsAt { get; init; }

    public required DateTimeOffset PeriodEndsAt { get; init; }

    public DateTimeOffset? TrialStartsAt { get; init; }

    public DateTimeOffset? TrialEndsAt { get; init; }

    public bool CancelAtPeriodEnd { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary><c>cancellation_requested</c>, <c>payment_failed</c> or <c>payment_disputed</c>.</summary>
    public string? CancellationReason { get; init; }

    public string? LatestInvoice { get; init; }

    public string? PaymentMethod { get; init; }

    public string? PendingSetupIntent { get; init; }

    /// <summary>The behaviour of a collection that is paused, which leaves the status as it is.</summary>
    public string? PauseBehavior { get; init; }

    /// <summary>Why the status is <c>paused</c>, told since 2026-09-30.endive.</summary>
    public string? PausedBecause { get; init; }

    /// <summary>The price a change will bring once its payment is made.</summary>
    public PendingChange? PendingUpdate { get; init; }

    /// <summary>Null when Stripe charges by itself; otherwise invoices are sent and due after these days.</summary>
    public int? DaysUntilDue { get; init; }

    public string? TestClock { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public override JsonObject Render(Rendering rendering)
    {
        var body = rendering.Begin(this, "subscription").With(new()
        {
            ["application_fee_percent"] = null,
            ["billing_cycle_anchor"] = (TrialEndsAt ?? CreatedAt).Unix(),
            ["cancel_at"] = CancelAtPeriodEnd ? PeriodEndsAt.Unix() : null,
            ["cancel_at_period_end"] = CancelAtPeriodEnd,
            ["canceled_at"] = CanceledAt?.Unix(),
            ["collection_method"] = DaysUntilDue is null ? "charge_automatically" : "send_invoice",
            ["customer"] = Customer,
            ["days_until_due"] = DaysUntilDue,
            ["default_payment_method"] = PaymentMethod,
            ["default_source"] = null,
            ["default_tax_rates"] = new JsonArray(),
            ["ended_at"] = EndedAt?.Unix(),
            ["items"] = Items(rendering),
            ["latest_invoice"] = LatestInvoice,
            ["metadata"] = Parts.Metadata(Metadata),
            ["next_pending_invoice_item_invoice"] = null,
            ["pending_invoice_item_interval"] = null,
            ["pending_setup_intent"] = PendingSetupIntent,
            ["pending_update"] = PendingUpdate?.Render(rendering, this),
            ["plan"] = Price.RenderPlan(rendering),
            ["quantity"] = Quantity,
            ["schedule"] = null,
            ["start_date"] = CreatedAt.Unix(),
            ["status"] = Status,
            ["trial_end"] = TrialEndsAt?.Unix(),
            ["trial_start"] = TrialStartsAt?.Unix(),
        });
        if (!rendering.IsBasil)
        {
            body.With(new()
            {
                ["billing_thresholds"] = null,
                ["current_period_end"] = PeriodEndsAt.Unix(),
                ["current_period_start"] = PeriodStartsAt.Unix(),
                ["discount"] = null,
            });
        }

        return body.With(rendering.Shape is ApiVersionShape.Of2019 ? OnlyIn2019() : Later(rendering));
    }

    private static JsonObject OnlyIn2019() => new()
    {
        ["invoice_customer_balance_settings"] = new JsonObject { ["consume_applied_balance_on_void"] = true },
        ["tax_percent"] = null,
    };

    private JsonObject Later(Rendering rendering)
    {
        JsonObject later = new()
        {
            ["application"] = null,
            ["automatic_tax"] = Parts.AutomaticTax(rendering),
            ["billing_cycle_anchor_config"] = null,
            ["cancellation_details"] = new JsonObject
            {
                ["comment"] = null,
                ["feedback"] = null,
                ["reason"] = CancellationReason,
            },
            ["currency"] = "usd",
            ["description"] = null,
            ["discounts"] = new JsonArray(),
            ["invoice_settings"] = new JsonObject
            {
                ["account_tax_ids"] = null,
                ["issuer"] = new JsonObject { ["type"] = "self" },
            },
            ["on_behalf_of"] = null,
            ["pause_collection"] = PauseBehavior is null
                ? null
                : new JsonObject { ["behavior"] = PauseBehavior, ["resumes_at"] = null },
            ["payment_settings"] = new JsonObject
            {
                ["payment_method_options"] = null,
                ["payment_method_types"] = null,
                ["save_default_payment_method"] = "off",
            },
            ["test_clock"] = TestClock,
            ["transfer_data"] = null,
            ["trial_settings"] = new JsonObject
            {
                ["end_behavior"] = new JsonObject { ["missing_payment_method"] = "pause" },
            },
        };
        if (rendering.Shape >= ApiVersionShape.Clover)
        {
            later["billing_mode"] = new JsonObject { ["flexible"] = new JsonObject(), ["type"] = "flexible" };
        }

        if (rendering.Shape >= ApiVersionShape.Endive)
        {
            later["customer_account"] = null;
            later["status_details"] = new JsonObject { ["paused"] = Paused() };
        }

        return later;
    }

    private JsonObject? Paused() => PausedBecause is null
        ? null
        : new() { ["subscription"] = new JsonObject { ["type"] = PausedBecause } };

    private JsonObject Items(Rendering rendering)
    {
        var url = $"/v1/subscription_items?subscription={Id}";
        var item = Item(rendering, Price, Quantity);
        return rendering.IsBasil ? Parts.List(url, [item]) : Parts.CountedList(url, [item]);
    }

    internal JsonObject Item(Rendering rendering, Price price, long quantity)
    {
        JsonObject item = new()
        {
            ["id"] = ItemId,
            ["object"] = "subscription_item",
            ["created"] = CreatedAt.Unix() + 1,
            ["metadata"] = new JsonObject(),
            ["plan"] = price.RenderPlan(rendering),
            ["quantity"] = quantity,
            ["subscription"] = Id,
            ["tax_rates"] = new JsonArray(),
        };
        if (rendering.Shape > ApiVersionShape.Of2019)
        {
            item.With(new() { ["discounts"] = new JsonArray(), ["price"] = price.Render(rendering) });
        }

        return item.With(rendering.IsBasil
            ? new()
            {
                ["current_period_end"] = PeriodEndsAt.Unix(),
                ["current_period_start"] = PeriodStartsAt.Unix(),
            }
            : new() { ["billing_thresholds"] = null });
    }
}

/// <summary>A change that waits for its payment.</summary>
/// <remarks>https://docs.stripe.com/billing/subscriptions/pending-updates</remarks>
internal sealed record PendingChange(Price Price, long Quantity, DateTimeOffset ExpiresAt)
{
    public JsonObject Render(Rendering rendering, Subscription subscription) => new()
    {
        ["billing_cycle_anchor"] = null,
        ["expires_at"] = ExpiresAt.Unix(),
        ["subscription_items"] = new JsonArray(subscription.Item(rendering, Price, Quantity)),
        ["trial_end"] = null,
        ["trial_from_plan"] = null,
    };
}
