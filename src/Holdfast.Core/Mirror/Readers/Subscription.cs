using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>A subscription, read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/subscriptions/object</remarks>
public sealed record Subscription
{
    public required string Id { get; init; }

    /// <summary>
    /// Stripe's own word, such as <c>active</c> or <c>past_due</c>; words of later API versions pass through.
    /// </summary>
    public required string Status { get; init; }

    public string? Customer { get; init; }

    /// <summary>
    /// What is held. The single plan and quantity that old versions also show outside the items say nothing new.
    /// </summary>
    public required IReadOnlyList<SubscriptionItem> Items { get; init; }

    /// <summary>
    /// Stripe wrote only the first items into the body. The rest is at <c>/v1/subscription_items?subscription=…</c>.
    /// </summary>
    public bool HasMoreItems { get; init; }

    public string? Currency { get; init; }

    /// <summary><c>charge_automatically</c> or <c>send_invoice</c>.</summary>
    public string? CollectionMethod { get; init; }

    public string? DefaultPaymentMethod { get; init; }

    public string? LatestInvoice { get; init; }

    public string? Schedule { get; init; }

    public required IReadOnlyList<Discount> Discounts { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>
    /// When the running period ends: the earliest of the items', as they can differ since 2025-03-31.basil.
    /// </summary>
    public DateTimeOffset? CurrentPeriodEndsAt { get; init; }

    public DateTimeOffset? TrialStartsAt { get; init; }

    public DateTimeOffset? TrialEndsAt { get; init; }

    public bool CancelAtPeriodEnd { get; init; }

    public DateTimeOffset? CancelAt { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// Who ended it: <c>cancellation_requested</c>, <c>payment_failed</c>, <c>payment_disputed</c>, ….
    /// </summary>
    public string? CancellationReason { get; init; }

    /// <summary>
    /// What happens to the invoices while their collection is paused: <c>keep_as_draft</c>, <c>mark_uncollectible</c>
    /// or <c>void</c>. The status does not change by that, and <c>paused</c> is another thing.
    /// </summary>
    /// <remarks>https://docs.stripe.com/billing/subscriptions/pause-payment</remarks>
    public string? PauseCollectionBehavior { get; init; }

    public DateTimeOffset? CollectionResumesAt { get; init; }

    /// <summary>
    /// Why the status is <c>paused</c>, such as <c>trial_end_without_payment_method</c>; told since 2026-09-30.endive.
    /// </summary>
    public string? PausedReason { get; init; }

    /// <summary>Its times are those of one of Stripe's test clocks and cannot be compared with ours.</summary>
    public bool IsOnTestClock { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <exception cref="UnreadableObjectException">The body has no id or no status, or an item has no id.</exception>
    public static Subscription Read(JsonElement body)
    {
        SubscriptionItem[] items = [.. body.List("items").Select(item => SubscriptionItem.Read(item, body))];
        return new()
        {
            Id = body.Required("id"),
            Status = body.Required("status"),
            Customer = body.Id("customer"),
            Items = items,
            HasMoreItems = body.Flag("items", "has_more") is true,
            Currency = body.Text("currency") ?? items.FirstOrDefault()?.Currency,
            // Named billing before 2019-10-17, as the next was named start.
            CollectionMethod = body.Text("collection_method") ?? body.Text("billing"),
            StartedAt = body.Moment("start_date") ?? body.Moment("start"),
            DefaultPaymentMethod = body.Id("default_payment_method") ?? body.Id("default_source"),
            LatestInvoice = body.Id("latest_invoice"),
            Schedule = body.Id("schedule"),
            Discounts = Discount.ReadAll(body),
            CreatedAt = body.Moment("created"),
            CurrentPeriodEndsAt = items.Min(item => item.CurrentPeriodEndsAt) ?? body.Moment("current_period_end"),
            TrialStartsAt = body.Moment("trial_start"),
            TrialEndsAt = body.Moment("trial_end"),
            CancelAtPeriodEnd = body.Flag("cancel_at_period_end") is true,
            CancelAt = body.Moment("cancel_at"),
            CanceledAt = body.Moment("canceled_at"),
            EndedAt = body.Moment("ended_at"),
            CancellationReason = body.Text("cancellation_details", "reason"),
            PauseCollectionBehavior = body.Text("pause_collection", "behavior"),
            CollectionResumesAt = body.Moment("pause_collection", "resumes_at"),
            PausedReason = body.Text("status_details", "paused", "subscription", "type"),
            IsOnTestClock = body.Id("test_clock") is not null,
            Metadata = body.Metadata("metadata"),
        };
    }
}

/// <summary>One price held by a subscription, in a quantity.</summary>
/// <remarks>https://docs.stripe.com/api/subscription_items/object</remarks>
public sealed record SubscriptionItem
{
    public required string Id { get; init; }

    public string? Price { get; init; }

    public string? Product { get; init; }

    public string? LookupKey { get; init; }

    /// <summary>How many; 1 where Stripe states none, as for metered prices.</summary>
    public required long Quantity { get; init; }

    public string? Currency { get; init; }

    /// <summary>
    /// For one unit and interval, in the smallest unit of the currency; null when tiered, or finer than that.
    /// </summary>
    public long? UnitAmount { get; init; }

    /// <summary><c>day</c>, <c>week</c>, <c>month</c> or <c>year</c>.</summary>
    public string? Interval { get; init; }

    public long? IntervalCount { get; init; }

    public DateTimeOffset? CurrentPeriodStartsAt { get; init; }

    public DateTimeOffset? CurrentPeriodEndsAt { get; init; }

    /// <param name="item">The item; before prices existed (2020) it names a plan instead.</param>
    /// <param name="subscription">Its owner, which held the period before 2025-03-31.basil.</param>
    internal static SubscriptionItem Read(JsonElement item, JsonElement subscription) => new()
    {
        Id = item.Required("id"),
        Price = item.Id("price") ?? item.Id("plan"),
        Product = item.Id("price", "product") ?? item.Id("plan", "product"),
        LookupKey = item.Text("price", "lookup_key"),
        Quantity = item.Number("quantity") ?? 1,
        Currency = item.Text("price", "currency") ?? item.Text("plan", "currency"),
        UnitAmount = item.Number("price", "unit_amount") ?? item.Number("plan", "amount"),
        Interval = item.Text("price", "recurring", "interval") ?? item.Text("plan", "interval"),
        IntervalCount = item.Number("price", "recurring", "interval_count") ?? item.Number("plan", "interval_count"),
        CurrentPeriodStartsAt = item.Moment("current_period_start") ?? subscription.Moment("current_period_start"),
        CurrentPeriodEndsAt = item.Moment("current_period_end") ?? subscription.Moment("current_period_end"),
    };
}
