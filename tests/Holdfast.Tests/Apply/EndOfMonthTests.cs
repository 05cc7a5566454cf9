using System.Text.Json;
using Holdfast.Access;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Tests.Shop;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Apply;

/// <summary>The month of a shop ends in the right state, told by its stories and not by its events.</summary>
public sealed class EndOfMonthTests
{
    public static TheoryData<Engine, ApiVersionShape> EveryEngineAndVersion => ConvergenceTests.EveryEngineAndVersion;

    [Theory, MemberData(nameof(EveryEngineAndVersion))]
    public async Task Every_subscription_stands_as_its_story_says_or_says_that_it_is_in_doubt(
        Engine engine, ApiVersionShape shape)
    {
        var (shop, month) = await TellAsync(engine, shape);
        await using var _ = shop;

        var inDoubt = 0;
        foreach (var expected in month.Expected.SelectMany(customer => customer.Subscriptions))
        {
            var row = await FindAsync(shop, "subscription", expected.Id);
            if (row.InDoubt)
            {
                // Changed twice within one second, or on a test clock: which came last only Stripe can tell.
                inDoubt++;
                continue;
            }

            var held = Read(row, Subscription.Read);
            Assert.Equal((expected.Id, expected.Status), (held.Id, held.Status));
            Assert.Equal((expected.Id, expected.Quantity), (held.Id, Assert.Single(held.Items).Quantity));
            Assert.Equal((expected.Id, expected.Price), (held.Id, Assert.Single(held.Items).Price));
        }

        Assert.InRange(inDoubt, 1, 4);
    }

    [Theory, MemberData(nameof(EveryEngineAndVersion))]
    public async Task Every_refund_and_dispute_stands_on_its_charge(Engine engine, ApiVersionShape shape)
    {
        var (shop, month) = await TellAsync(engine, shape);
        await using var _ = shop;

        foreach (var expected in month.Expected.SelectMany(customer => customer.Purchases).Where(bought => bought.IsPaid))
        {
            var rows = await shop.Store.ReadAsync(session => shop.Objects.ChildrenAsync(
                session, "", livemode: false, "charge", [expected.PaymentIntent]));
            var paid = rows.Select(row => Read(row, Charge.Read)).Where(charge => charge.IsPaid).ToList();

            Assert.Equal(
                (expected.PaymentIntent, expected.Refunded),
                (expected.PaymentIntent, paid.Sum(charge => charge.AmountRefunded)));
        }
    }

    [Theory, MemberData(nameof(EveryEngineAndVersion))]
    public async Task Access_follows_the_subscriptions_of_every_customer(Engine engine, ApiVersionShape shape)
    {
        var (shop, month) = await TellAsync(engine, shape);
        await using var _ = shop;
        var plans = PlansOf(month);

        foreach (var expected in month.Expected.Where(customer => customer.Subscriptions.Count > 0))
        {
            var found = await shop.Store.ReadAsync(session => shop.Finder.FindAsync(session, "", livemode: false, expected.Id));
            var account = Assert.IsType<FoundAccount.One>(found).Account;
            var facts = await shop.Store.ReadAsync(session => shop.Facts.FactsOfAsync(session, account));
            var answer = Entitlement.Check(facts, plans, "use", ShopMonth.Opening);

            Assert.Equal(
                (expected.Story, expected.Subscriptions.Any(one => one.Status is "active" or "trialing" or "past_due")),
                (expected.Story, answer.Allowed));
        }
    }

    [Theory, MemberData(nameof(EveryEngineAndVersion))]
    public async Task Who_came_with_the_applications_own_id_is_found_by_it(Engine engine, ApiVersionShape shape)
    {
        var (shop, month) = await TellAsync(engine, shape);
        await using var _ = shop;

        foreach (var expected in month.Expected.Where(customer => customer.ClientReferenceId is not null))
        {
            var found = await shop.Store.ReadAsync(session =>
                shop.Finder.FindAsync(session, "", livemode: false, expected.ClientReferenceId!));
            var account = Assert.IsType<FoundAccount.One>(found).Account;

            Assert.Contains(
                expected.Id, await shop.Store.ReadAsync(session => shop.Accounts.CustomersAsync(session, account.Id)));
        }
    }

    private static async Task<(TestEngine Shop, ShopMonth Month)> TellAsync(Engine engine, ApiVersionShape shape)
    {
        var month = ShopMonth.Tell(shape, seed: 5, ShopMonth.StoryCount);
        var shop = await TestEngine.CreateAsync(engine);
        byte[][] bodies = [.. month.Events.Select(one => one.Body)];
        new Random(3).Shuffle(bodies);
        await shop.DeliverAsync(bodies);
        await shop.ApplyAllAsync();
        return (shop, month);
    }

    private static async Task<MirroredObject> FindAsync(TestEngine shop, string type, string id)
    {
        var held = await shop.Store.ReadAsync(session =>
            shop.Objects.FindAsync(session, new ObjectKey("", Livemode: false, type, id)));
        Assert.True(held is not null, $"{type} {id} is not held");
        return held;
    }

    private static T Read<T>(MirroredObject held, Func<JsonElement, T> read)
    {
        using var json = JsonDocument.Parse(held.Body);
        return read(json.RootElement);
    }

    /// <summary>One plan that every price of the shop's subscriptions leads to.</summary>
    private static Plans PlansOf(ShopMonth month)
    {
        var prices = month.Expected.SelectMany(customer => customer.Subscriptions).Select(one => $"\"{one.Price}\"").Distinct();
        var json = $$$"""{"plans":[{"id":"all","prices":[{{{string.Join(',', prices)}}}],"features":{"use":true}}]}""";
        return Assert.IsType<PlansFile.Valid>(Plans.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Plans;
    }
}
