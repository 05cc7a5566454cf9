using System.Text;
using Holdfast.Access;
using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Access;

/// <summary>What was sold, in a few words, and the plans it leads to.</summary>
internal static class Sold
{
    public static readonly DateTimeOffset Now = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset PeriodEnd => Now.AddDays(10);

    /// <summary>Three plans in rising order; everything in "pro" has a price, a lookup key and a product.</summary>
    public static Plans Plans => Parsed("""
        {"plans":[
          {"id":"basic","prices":["price_basic"],"features":{"seats":1,"projects":3,"export":false}},
          {"id":"pro","prices":["price_pro"],"lookup_keys":["pro"],"products":["prod_pro"],
           "features":{"seats":{"per_quantity":2},"projects":{"limit":50},"export":true}},
          {"id":"none","prices":["price_none"],"features":{"projects":0}}
        ]}
        """);

    public static Plans RevokingPastDue => Parsed("""
        {"plans":[{"id":"pro","prices":["price_pro"],"features":{"export":true}}],"policies":{"past_due":"revoke"}}
        """);

    public static Plans Parsed(string json) => Plans.Parse(Encoding.UTF8.GetBytes(json)) switch
    {
        PlansFile.Valid(var plans) => plans,
        PlansFile.Invalid(var errors) => throw new ArgumentException(string.Join('\n', errors), nameof(json)),
        _ => throw new ArgumentException("Neither valid nor invalid.", nameof(json)),
    };

    public static Subscription Subscription(
        string id = "sub_1", string status = "active", params SubscriptionItem[] items) =>
        new()
        {
            Id = id,
            Status = status,
            Items = items is [] ? [Item("price_pro")] : items,
            CurrentPeriodEndsAt = PeriodEnd,
            Discounts = [],
            Metadata = new Dictionary<string, string>(),
        };

    public static SubscriptionItem Item(
        string? price = null, string? lookupKey = null, string? product = null, long quantity = 1) =>
        new() { Id = "si_1", Price = price, LookupKey = lookupKey, Product = product, Quantity = quantity };

    public static Purchase Purchase(string source = "cs_1", string price = "price_pro", long quantity = 1) =>
        new() { Source = source, Price = price, Quantity = quantity, PaidAt = Now.AddDays(-400) };

    public static AccessFacts Facts(params Subscription[] subscriptions) => new() { Subscriptions = subscriptions };

    public static AccessFacts Facts(params Purchase[] purchases) => new() { Purchases = purchases };
}
