using Holdfast.Alerts;
using Holdfast.Nodes;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Stripe;

public sealed class StripeWatchTests
{
    private static readonly StripeQuestion Question = new() { Path = "/v1/events", Lane = Lane.Confirm, Cause = "evt_1" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task Calls_are_written_down_and_found_by_cause_status_and_request(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var bench = new PolicyBench<ManualClock>();
        var watch = WatchOf(store, bench);
        bench.Stripe.Answer(200, "{}", ("Request-Id", "req_1"));
        bench.Stripe.Answer(402, "{}", ("Request-Id", "req_2"));
        bench.Stripe.Answer(200, "{}", ("Request-Id", ""));
        await bench.Client.AskAsync(Question with { StripeAccount = "acct_1" }, Ct);
        await bench.Client.AskAsync(Question, Ct);
        await bench.Client.AskAsync(Question with { Cause = "catch_up", Lane = Lane.Repair }, Ct);

        await watch.FlushAsync();
        await watch.FlushAsync();

        Assert.Equal([3, 2, 1], await IdsAsync(store, new(null, null, null, null, 10)));
        Assert.Equal([2], await IdsAsync(store, new(null, null, null, Before: 3, 1)));
        Assert.Equal([2, 1], await IdsAsync(store, new(null, "evt_1", null, null, 10)));
        Assert.Equal([1], await IdsAsync(store, new(null, "evt_1", 2, null, 10)));
        Assert.Equal([2], await IdsAsync(store, new(null, null, 4, null, 10)));
        Assert.Equal([2], await IdsAsync(store, new("req_2", null, null, null, 10)));
        Assert.Equal([], await IdsAsync(store, new("req_2", "catch_up", null, null, 10)));
        Assert.Equal([], await IdsAsync(store, new(null, null, 0, null, 10)));
        var first = (await ListAsync(store, new(null, null, null, Before: 2, 10)))[0];
        Assert.Equal(
            new CallRecord
            {
                Id = 1,
                At = bench.Clock.GetUtcNow(),
                Correlation = first.Correlation,
                RequestId = "req_1",
                Method = "GET",
                Path = "/v1/events",
                Status = 200,
                Failure = null,
                Duration = TimeSpan.Zero,
                Attempt = 1,
                Lane = Lane.Confirm,
                Cause = "evt_1",
                StripeAccount = "acct_1",
                Node = "node 1",
            },
            first);
    }

    [Theory, EveryEngine]
    public async Task A_key_that_is_refused_is_an_alert_until_it_works_again(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var bench = new PolicyBench<ManualClock>();
        var watch = WatchOf(store, bench);
        bench.Stripe.Answer(401, "{}", ("Request-Id", "req_1"));
        await bench.Client.AskAsync(Question, Ct);
        await watch.TurnAsync(Ct);

        var alert = Assert.Single(await AlertsAsync(store));
        Assert.Equal((AlertKinds.StripeKey, "STRIPE_SECRET_KEY"), (alert.Kind, alert.Subject));
        Assert.Contains("req_1", alert.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("invented", alert.Message, StringComparison.Ordinal);

        // It is tried now and then, whoever else asks.
        bench.Stripe.Answer(401);
        bench.Clock.Advance(TimeSpan.FromSeconds(15));
        await watch.TurnAsync(Ct);
        bench.Clock.Advance(TimeSpan.FromSeconds(14));
        await watch.TurnAsync(Ct);
        Assert.Equal(2, bench.Stripe.Requests.Count);
        Assert.Single(await AlertsAsync(store));

        bench.Stripe.Answer(403);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await watch.TurnAsync(Ct);
        await watch.TurnAsync(Ct);

        Assert.Empty(await AlertsAsync(store));
        Assert.Empty(bench.Calls.Keys.NotWorking);
    }

    [Theory, EveryEngine]
    public async Task What_a_former_process_has_found_clears_with_the_first_call_that_works(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using (var former = new PolicyBench<ManualClock>())
        {
            former.Stripe.Answer(401);
            await former.Client.AskAsync(Question, Ct);
            for (var i = 0; i < Circuit.MaxFailures; i++)
            {
                former.Stripe.Answer(503, "{}", ("Stripe-Should-Retry", "false"));
                await former.Client.AskAsync(Question, Ct);
            }

            await WatchOf(store, former).FlushAsync();
        }

        Assert.Equal(["stripe_away", "stripe_key"], (await AlertsAsync(store)).Select(alert => alert.Kind).Order());
        using var bench = new PolicyBench<ManualClock>();
        await bench.Client.AskAsync(Question, Ct);
        await WatchOf(store, bench).FlushAsync();

        Assert.Empty(await AlertsAsync(store));
    }

    [Fact]
    public async Task A_new_key_clears_the_alert_about_the_one_before()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        using var bench = new PolicyBench<ManualClock>();
        var watch = WatchOf(store, bench);
        bench.Stripe.Answer(401);
        await bench.Client.AskAsync(Question, Ct);
        await watch.FlushAsync();

        bench.Keys.Replace(new() { General = "sk_test_another" });
        Assert.Empty(bench.Calls.Keys.NotWorking);
        await bench.Client.AskAsync(Question, Ct);
        await watch.FlushAsync();

        Assert.Equal("Bearer sk_test_another", bench.Stripe.Requests[^1].Headers["Authorization"]);
        Assert.Empty(await AlertsAsync(store));
    }

    [Fact]
    public async Task What_nobody_asks_for_any_more_is_forgotten()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        using var bench = new PolicyBench<ManualClock>();
        var watch = WatchOf(store, bench);
        bench.Stripe.Answer(403);
        await bench.Client.AskAsync(Question, Ct);
        await watch.TurnAsync(Ct);
        Assert.Equal("STRIPE_SECRET_KEY: read events", Assert.Single(await AlertsAsync(store)).Subject);
        Assert.Equal(["STRIPE_SECRET_KEY"], bench.Calls.Keys.NotWorking);

        bench.Clock.Advance(KeyHealth.Remembered);
        await watch.TurnAsync(Ct);

        Assert.Empty(await AlertsAsync(store));
        Assert.Empty(bench.Calls.Keys.NotWorking);
    }

    [Theory, EveryEngine]
    public async Task The_nodes_that_live_share_the_budget(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var bench = new PolicyBench<ManualClock>();
        var nodes = new NodeStore(store.Database);
        var watch = WatchOf(store, bench);
        foreach (var name in (string[])["one", "two", "three", "four"])
        {
            await store.WriteAsync(session => nodes.BeginAsync(session, new ThisNode(name, "0"), store.Clock.GetUtcNow()));
        }

        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await watch.TurnAsync(Ct);
        Assert.Equal(250, bench.Calls.Budget.PerSecond);

        bench.Clock.Advance(Node.LostAfter);
        await store.RunAsync(
            store.Say(
                $"update nodes set seen_at = {bench.Clock.GetUtcNow().ToUnixTimeMilliseconds()} where name <> 'two'",
                $"update nodes set seen_at = '{bench.Clock.GetUtcNow():O}' where name <> 'two'"));
        await store.RunAsync(store.Say(
            $"update nodes set ended_at = {bench.Clock.GetUtcNow().ToUnixTimeMilliseconds()} where name = 'three'",
            $"update nodes set ended_at = '{bench.Clock.GetUtcNow():O}' where name = 'three'"));
        await watch.TurnAsync(Ct);

        Assert.Equal(500, bench.Calls.Budget.PerSecond);
    }

    [Fact]
    public async Task A_store_in_trouble_loses_neither_calls_nor_alerts()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        using var bench = new PolicyBench<ManualClock>(requestsPerSecond: 10_000);
        var watch = WatchOf(store, bench);
        await store.FillAsync();
        bench.Stripe.Answer(401);
        for (var i = 0; i < (2 * CallRecords.MaxTogether) - 100; i++)
        {
            await bench.Client.AskAsync(Question, Ct);
        }

        await watch.FlushAsync();
        await store.MakeRoomAsync();
        Assert.Equal(0, await store.NumberAsync("select count(*) from calls"));

        await watch.FlushAsync();

        Assert.Equal((2 * CallRecords.MaxTogether) - 100, await store.NumberAsync("select count(*) from calls"));
    }

    [Fact]
    public void Of_more_calls_than_may_wait_the_oldest_are_lost_and_counted()
    {
        var records = new CallRecords();
        for (var i = 0; i < CallRecords.MaxWaiting + 7; i++)
        {
            records.Add(Record(i));
        }

        var (waiting, lost) = records.Take();
        Assert.Equal((CallRecords.MaxTogether, 7L, "7"), (waiting.Count, lost, waiting[0].Cause));

        for (var i = 0; i < CallRecords.MaxTogether; i++)
        {
            records.Add(Record(-1));
        }

        records.PutBack(waiting);
        (waiting, lost) = records.Take();
        Assert.Equal((CallRecords.MaxTogether, 1000L, "1007"), (waiting.Count, lost, waiting[0].Cause));
    }

    private static CallRecord Record(int number) => new()
    {
        At = default,
        Correlation = "",
        RequestId = null,
        Method = "GET",
        Path = "/",
        Status = 200,
        Failure = null,
        Duration = default,
        Attempt = 1,
        Lane = Lane.Live,
        Cause = $"{number}",
        StripeAccount = "",
        Node = "",
    };

    private static StripeWatch WatchOf(TestDatabase store, PolicyBench<ManualClock> bench) => new(
        bench.Calls,
        bench.Client,
        store.Database,
        new CallStore(store.Database),
        new AlertStore(store.Database),
        new NodeStore(store.Database),
        bench.Clock,
        NullLogger<StripeWatch>.Instance);

    private static Task<List<CallRecord>> ListAsync(TestDatabase store, CallFilter filter) =>
        store.ReadAsync(session => new CallStore(store.Database).ListAsync(session, filter));

    private static async Task<IEnumerable<long>> IdsAsync(TestDatabase store, CallFilter filter) =>
        (await ListAsync(store, filter)).Select(record => record.Id);

    private static Task<List<Alert>> AlertsAsync(TestDatabase store) =>
        store.ReadAsync(session => new AlertStore(store.Database).ListOpenAsync(session, before: null, 10));
}
