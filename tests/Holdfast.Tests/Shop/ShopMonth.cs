using Holdfast.Tests.Shop.Steps;
using Holdfast.Tests.Shop.Stories;

namespace Holdfast.Tests.Shop;

/// <summary>
/// About a month in the life of a small shop, as the events Stripe would post: customers sign up in the first days of
/// October 2026, each lives through one of the stories, and monthly renewals and their retries end in November.
/// Everything follows from the seed; the same seed tells the same stories about the same ids in every shape.
/// </summary>
public sealed class ShopMonth
{
    /// <summary>When the shop puts its first product on sale.</summary>
    public static readonly DateTimeOffset Opening = new(2026, 10, 1, 8, 0, 0, TimeSpan.Zero);

    private ShopMonth(StripeWorld world, IReadOnlyList<ExpectedCustomer> expected)
    {
        Events = world.Events;
        Expected = expected;
        Answers = world.Answers();
    }

    /// <summary>How many customers it takes for every story to be told once.</summary>
    public static int StoryCount => StoryBook.Stories.Count;

    /// <summary>In causal order: what caused comes before what it caused.</summary>
    public IReadOnlyList<ShopEvent> Events { get; }

    /// <summary>How it ends for each customer, stated by the stories and not read from the events.</summary>
    public IReadOnlyList<ExpectedCustomer> Expected { get; }

    /// <summary>What Stripe would answer at the end to a fetch, by id; a stub for what was deleted.</summary>
    public IReadOnlyDictionary<string, byte[]> Answers { get; }

    /// <summary>The events alone, for tests that need nothing but real input.</summary>
    public static IReadOnlyList<ShopEvent> Write(
        ApiVersionShape version,
        int seed,
        int customers,
        bool livemode = false) => Tell(version, seed, customers, livemode).Events;

    public static ShopMonth Tell(ApiVersionShape version, int seed, int customers, bool livemode = false)
    {
        StripeWorld world = new(version, seed, livemode);
        world.BeginAt(Opening);
        ShopFloor shop = new(world);
        List<ExpectedCustomer> expected = [];
        foreach (var story in StoryBook.Stories.Repeat(customers))
        {
            var minutesInThreeDays = 3 * 24 * 60;
            world.BeginAt(Opening.AddHours(1).AddMinutes(world.Ids.Below(minutesInThreeDays)));
            expected.Add(story(shop));
        }

        return new(world, expected);
    }
}

file static class Turns
{
    public static IEnumerable<T> Repeat<T>(this IReadOnlyList<T> members, int count) =>
        Enumerable.Range(0, count).Select(turn => members[turn % members.Count]);
}
