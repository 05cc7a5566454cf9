using FsCheck;
using FsCheck.Fluent;
using Holdfast.Access;
using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Access;

/// <summary>Plans and facts by chance, from so few words that they meet often.</summary>
internal static class Market
{
    public static readonly string[] Features = ["f1", "f2", "f3", "f4"];

    private static readonly string[] Words = ["w1", "w2", "w3", "w4", "w5"];

    private static readonly Gen<DateTimeOffset> Moment =
        from hours in Gen.Choose(-2, 2)
        select Sold.Now.AddHours(hours);

    private static readonly Gen<DateTimeOffset?> MaybeMoment =
        Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), from moment in Moment select (DateTimeOffset?)moment);

    private static readonly Gen<long> Quantity = Gen.Elements(-1L, 0, 1, 1, 1, 2, 3, long.MaxValue);

    private static readonly Gen<string?> MaybeWord = Gen.Elements([null, "w6", .. Words]);

    private static readonly Gen<bool> Seldom = Gen.Elements(false, false, false, true);

    private static readonly Gen<Feature> Feature = Gen.OneOf(
        Gen.Constant<Feature>(new Feature.Unlimited()),
        Gen.Constant<Feature>(new Feature.Withheld()),
        from limit in Gen.Elements(0L, 1, 2, 5, long.MaxValue) select (Feature)new Feature.UpTo(limit),
        from each in Gen.Elements(0L, 1, 2, long.MaxValue / 2) select (Feature)new Feature.PerQuantity(each));

    /// <summary>Four plans; each word leads to one of them, or to none, in each of the three ways.</summary>
    public static readonly Gen<Plans> Plans =
        from prices in Owners
        from lookupKeys in Owners
        from products in Owners
        from features in Gen.ArrayOf(Gen.ArrayOf(Feature, Features.Length), 4)
        from missing in Gen.ArrayOf(Gen.ArrayOf(Seldom, Features.Length), 4)
        from pastDue in Gen.Elements(PastDuePolicy.Keep, PastDuePolicy.Revoke)
        from ids in Gen.Shuffle(["p1", "p2", "p3", "p4"])
        select new Plans(
            [
                .. ids.Select((id, place) => new Plan
                {
                    Id = id,
                    Prices = Of(prices, place),
                    LookupKeys = Of(lookupKeys, place),
                    Products = Of(products, place),
                    Features = Features.Index()
                        .Where(at => !missing[place][at.Index])
                        .ToDictionary(at => at.Item, at => features[place][at.Index]),
                }),
            ],
            pastDue);

    public static readonly Gen<Subscription> Subscription =
        from id in Gen.Choose(1, 1_000_000)
        from status in Gen.Elements("active", "active", "trialing", "past_due", "canceled", "unpaid", "tomorrow")
        from items in Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(Item, count))
        from period in MaybeMoment
        from trial in MaybeMoment
        from cancelAt in MaybeMoment
        from isCanceled in Seldom
        from cancelsAtPeriodEnd in Seldom
        from isOnTestClock in Seldom
        select new Subscription
        {
            Id = $"sub_{id}",
            Status = status,
            Items = items,
            CurrentPeriodEndsAt = period,
            TrialEndsAt = trial,
            CancelAt = isCanceled ? cancelAt : null,
            CancelAtPeriodEnd = cancelsAtPeriodEnd,
            IsOnTestClock = isOnTestClock,
            Discounts = [],
            Metadata = new Dictionary<string, string>(),
        };

    /// <summary>Sources are few, so that lines of one payment come up.</summary>
    public static readonly Gen<Purchase> Purchase =
        from source in Gen.Choose(1, 4)
        from price in MaybeWord
        from lookupKey in MaybeWord
        from product in MaybeWord
        from quantity in Quantity
        from isRefunded in Seldom
        from isDisputeLost in Seldom
        select new Purchase
        {
            Source = $"cs_{source}",
            Price = price,
            LookupKey = lookupKey,
            Product = product,
            Quantity = quantity,
            PaidAt = Sold.Now,
            IsRefunded = isRefunded,
            IsDisputeLost = isDisputeLost,
        };

    public static readonly Gen<AccessFacts> Facts =
        from subscriptions in Gen.Choose(0, 4).SelectMany(count => Gen.ArrayOf(Subscription, count))
        from purchases in Gen.Choose(0, 4).SelectMany(count => Gen.ArrayOf(Purchase, count))
        from active in Gen.Elements<string[]>([], [], ["f1"], ["f2", "other"])
        select new AccessFacts
        {
            // Stripe's ids are unique.
            Subscriptions = [.. subscriptions.DistinctBy(subscription => subscription.Id)],
            Purchases = purchases,
            ActiveFeatures = active,
        };

    private static Gen<SubscriptionItem> Item =>
        from price in MaybeWord
        from lookupKey in MaybeWord
        from product in MaybeWord
        from quantity in Quantity
        from period in MaybeMoment
        select new SubscriptionItem
        {
            Id = "si_1",
            Price = price,
            LookupKey = lookupKey,
            Product = product,
            Quantity = quantity,
            CurrentPeriodEndsAt = period,
        };

    private static Gen<int[]> Owners => Gen.ArrayOf(Gen.Choose(0, 4), Words.Length);

    private static string[] Of(int[] owners, int place) => [.. Words.Where((_, word) => owners[word] == place)];
}
