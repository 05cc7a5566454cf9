using System.Text.Json;
using Holdfast.Stripe;

namespace Holdfast.Mirror.Readers;

/// <summary>A subscription, read alike from every API version since 2019.</summary>
/// <remarks>https://docs.stripe.com/api/subscriptions/object</remarks>
public sealed record Subscription
{
    public required string Id { get; init; }

    /// <summary>Stripe's own word, such as <c>active</c> or <c>past_due</c>; words of later API versions pass through.</summary>
    public required string Status { get; init; }

    public string? Customer { get; init; }

    public required IReadOnlyList<SubscriptionItem> Items { get; init; }

    /// <summary>When the running period ends: the earliest of the items', as they can differ since 2025-03-31.basil.</summary>
    public DateTimeOffset? CurrentPeriodEndsAt { get; init; }

    public DateTimeOffset? TrialEndsAt { get; init; }

    public bool CancelAtPeriodEnd { get; init; }

    public DateTimeOffset? CancelAt { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its times are those of one of Stripe's test clocks and cannot be compared with ours.</summary>
    public bool IsOnTestClock { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public static Subscription Read(JsonElement body)
    {
        SubscriptionItem[] items = [.. body.List("items").Select(item => SubscriptionItem.Read(item, body))];
        return new()
        {
            Id = body.Required("id"),
            Status = body.Required("status"),
            Customer = body.Id("customer"),
            Items = items,
            CurrentPeriodEndsAt = items.Min(item => item.CurrentPeriodEndsAt) ?? body.Moment("current_period_end"),
            TrialEndsAt = body.Moment("trial_end"),
            CancelAtPeriodEnd = body.Flag("cancel_at_period_end") is true,
            CancelAt = body.Moment("cancel_at"),
            CanceledAt = body.Moment("canceled_at"),
            EndedAt = body.Moment("ended_at"),
            IsOnTestClock = body.Id("test_clock") is not null,
            Metadata = body.Metadata("metadata"),
        };
    }
}

/// <summary>One price held by a subscription, in a quantity.</summary>
public sealed record SubscriptionItem
{
    public required string Id { get; init; }

    public string? Price { get; init; }

    public string? Product { get; init; }

    public string? LookupKey { get; init; }

    /// <summary>How many; 1 where Stripe states none, as for metered prices.</summary>
    public required long Quantity { get; init; }

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
        CurrentPeriodStartsAt = item.Moment("current_period_start") ?? subscription.Moment("current_period_start"),
        CurrentPeriodEndsAt = item.Moment("current_period_end") ?? subscription.Moment("current_period_end"),
    };
}
