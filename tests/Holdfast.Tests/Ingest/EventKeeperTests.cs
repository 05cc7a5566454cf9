using Holdfast.Alerts;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Ingest;

public sealed class EventKeeperTests
{
    private const string Thin =
        """
        {"id":"evt_thin","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","livemode":false,
        "created":"2026-03-01T12:00:00.000Z","related_object":{"id":"mtr_1","type":"billing.meter","url":"/v1/billing"}}
        """;

    private static readonly Receipt Stored = new Receipt.Stored();
    private static readonly Receipt Duplicate = new Receipt.Duplicate();

    [Theory, EveryEngine]
    public async Task An_event_is_kept_byte_for_byte_with_its_job(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var body = new EventBody("evt_1") { Account = "acct_1", Livemode = true }.Bytes;

        Assert.Equal([Stored], await shop.DeliverAsync(body));

        var row = await shop.Store.NumberAsync("select id from events");
        var kept = await shop.Store.ReadAsync(session => shop.Events.FindAsync(session, row));
        Assert.Equal(body, kept!.Body);
        Assert.Equal(
            ("evt_1", true, "acct_1", "customer.updated", "2026-10-28.endive", "customer", "cus_1", "default", "test"),
            (kept.EventId, kept.Livemode, kept.StripeAccount, kept.Type, kept.ApiVersion, kept.ObjectType, kept.ObjectId,
                kept.Endpoint, kept.Correlation));
        Assert.Equal(shop.Clock.GetUtcNow(), kept.ReceivedAt);
        Assert.Equal(["event waiting 0"], await JobsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task One_id_twice_in_a_group_is_stored_once(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        Assert.Equal(
            [Stored, Stored, Duplicate, Duplicate],
            await shop.DeliverAsync(
                new EventBody("evt_2"), new EventBody("evt_1"), new EventBody("evt_2"), new EventBody("evt_2")));

        Assert.Equal(["evt_1 1", "evt_2 3"], await DeliveriesAsync(shop));
        Assert.Equal(2, (await JobsAsync(shop)).Count);
        Assert.Equal([("duplicates", 2), ("received", 2)], await CountsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Asked_for_and_delivered_in_one_moment_it_is_one_and_only_deliveries_are_duplicates(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var delivered = shop.Delivery(new EventBody("evt_1").Bytes);
        var asked = delivered with { Endpoint = "catch_up", Secret = null };
        var other = shop.Delivery(new EventBody("evt_2").Bytes);
        var askedOther = other with { Endpoint = "catch_up", Secret = null };

        var receipts = await shop.Store.WriteAsync(
            session => shop.Keeper.KeepAsync(session, [asked, delivered, other, askedOther]));

        Assert.Equal([Stored, Duplicate, Stored, Duplicate], receipts);
        Assert.Equal(2, (await JobsAsync(shop)).Count);
        Assert.Equal(
            [("caught_up", 1), ("duplicates", 1), ("received", 2)],
            (await CountsAsync(shop)).Where(count => !count.Item1.StartsWith("secret", StringComparison.Ordinal)));
    }

    [Theory, EveryEngine]
    public async Task Asked_for_again_an_event_is_neither_counted_nor_compared_nor_put_back(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_1"));
        await shop.Store.RunAsync("update jobs set state = 'dead', attempt = 1, run_at = null, ended_at = created_at");
        var other = new EventBody("evt_1") { Object = """{"id":"cus_1","object":"customer","name":"B"}""" };
        var before = await CountsAsync(shop);

        await shop.Store.WriteAsync(session => shop.Keeper.KeepAsync(
            session, [shop.Delivery(other.Bytes) with { Endpoint = "catch_up", Secret = null }]));

        Assert.Equal(before, await CountsAsync(shop));
        Assert.Equal(["event dead 1"], await JobsAsync(shop));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from event_conflicts"));
    }

    [Theory, EveryEngine]
    public async Task One_id_in_two_groups_is_stored_once(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_1"));
        shop.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal([Duplicate, Stored], await shop.DeliverAsync(new EventBody("evt_1"), new EventBody("evt_2")));

        Assert.Equal(["evt_1 2", "evt_2 1"], await DeliveriesAsync(shop));
        Assert.Equal(
            shop.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            await shop.Store.NumberAsync("select distinct last_delivery_at from event_ids"));
    }

    [Theory, EveryEngine]
    public async Task A_redelivery_whose_object_is_the_same_is_no_conflict(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(new EventBody { Object = """{"id":"cus_1","object":"customer","name":"A"}""" });

        var again = await shop.DeliverAsync(new EventBody
        {
            PendingWebhooks = 0,
            Object = """{ "name": "A", "object": "customer", "id": "cus_1" }""",
        });

        Assert.Equal([Duplicate], again);
        Assert.Empty(await ConflictsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task The_first_object_stands_and_the_other_is_kept_counted_and_told(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var first = Named("first").Bytes;
        await shop.DeliverAsync(first);

        Assert.Equal([Duplicate], await shop.DeliverAsync(Named("other")));

        var row = await shop.Store.NumberAsync("select id from events");
        Assert.Equal(first, (await shop.Store.ReadAsync(session => shop.Events.FindAsync(session, row)))!.Body);
        Assert.Equal([Named("other").ToString()], await ConflictsAsync(shop));
        Assert.Contains(("conflicts", 1), await CountsAsync(shop));
        Assert.Equal(["event_conflict evt_1 1"], await AlertsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task The_same_contradiction_delivered_again_is_told_once(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(Named("first"));

        await shop.DeliverAsync(Named("other"), Named("other"));
        await shop.DeliverAsync(Named("other"));

        Assert.Single(await ConflictsAsync(shop));
        Assert.Contains(("conflicts", 1), await CountsAsync(shop));
        Assert.Equal(["event_conflict evt_1 1"], await AlertsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Two_objects_of_one_event_within_a_group_are_a_conflict_too(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        Assert.Equal([Stored, Duplicate], await shop.DeliverAsync(Named("first"), Named("other")));

        Assert.Single(await ConflictsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Another_API_versions_rendering_of_the_event_is_no_conflict(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(Named("first"));

        await shop.DeliverAsync(Named("other") with { ApiVersion = "2024-06-20" });

        Assert.Empty(await ConflictsAsync(shop));
        Assert.Empty(await AlertsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Of_many_contradictions_ten_are_kept(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(Named("first"));

        await shop.DeliverAsync([.. Enumerable.Range(1, 25).Select(i => Named($"other {i}").Bytes)]);

        Assert.Equal(Enumerable.Range(1, 10).Select(i => Named($"other {i}").ToString()), await ConflictsAsync(shop));
        Assert.Equal(["event_conflict evt_1 10"], await AlertsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task A_redelivery_puts_a_dead_event_back_to_work(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var unreadable = new EventBody { Object = """{"id":"sub_1","object":"subscription"}""" };
        await shop.DeliverAsync(unreadable);
        await shop.ApplyAllAsync();
        Assert.Equal(["event dead 1"], await JobsAsync(shop));

        Assert.Equal([Duplicate], await shop.DeliverAsync(unreadable));

        Assert.Equal(["event waiting 1"], await JobsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task A_redelivery_does_not_touch_what_waits_or_is_done(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_1"));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        var before = await JobsAsync(shop, "run_at");
        await shop.DeliverAsync(new EventBody("evt_1"));
        Assert.Equal(before, await JobsAsync(shop, "run_at"));
        await shop.ApplyAllAsync();

        await shop.DeliverAsync(new EventBody("evt_1"));

        Assert.Equal(["event completed 1"], await JobsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task One_id_in_the_other_mode_or_another_account_is_another_event(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        Assert.Equal(
            [Stored, Stored, Stored, Stored, Duplicate],
            await shop.DeliverAsync(
                new EventBody(),
                new EventBody { Livemode = true },
                new EventBody { Account = "acct_1" },
                new EventBody { Account = "acct_2" },
                new EventBody { Account = "acct_2" }));

        Assert.Equal(4, (await shop.Store.ReadAsync(session => shop.Events.ByEventIdAsync(session, "evt_1"))).Count);
        Assert.Empty(await ConflictsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Thin_events_and_types_nobody_has_heard_of_are_kept_and_done(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        await shop.DeliverAsync(
            Thin, new EventBody("evt_new", "moon.landed") { Object = """{"id":"moon_1","object":"moon","phase":3}""" });
        await shop.ApplyAllAsync();

        // What the thin one names waits for a key to be asked with.
        Assert.Equal(["event completed 1", "event completed 1", "fetch waiting 0"], await JobsAsync(shop));
        Assert.Equal(["moon moon_1"], await shop.Store.TextsAsync("select type || ' ' || id from objects"));
    }

    [Theory, EveryEngine]
    public async Task A_thin_event_delivered_again_is_no_conflict(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync(Thin);

        Assert.Equal([Duplicate], await shop.DeliverAsync(Thin + " "));

        Assert.Empty(await ConflictsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task An_object_without_an_id_is_kept_as_its_event_only(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        await shop.DeliverAsync(
            new EventBody("evt_1", "balance.available") { Object = """{"object":"balance","available":[]}""" },
            new EventBody("evt_2", "invoice.upcoming") { Object = """{"object":"invoice","customer":"cus_1"}""" });
        await shop.ApplyAllAsync();

        Assert.Equal(["event completed 1", "event completed 1"], await JobsAsync(shop));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from objects"));
    }

    [Theory, EveryEngine]
    public async Task Which_secret_matched_is_counted_by_endpoint(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var one = shop.Delivery(new EventBody("evt_1").Bytes);
        Delivery[] group =
        [
            one, one with { Secret = "other" }, one with { Secret = "other" }, one with { Endpoint = "connect" },
        ];

        await shop.Store.WriteAsync(session => shop.Keeper.KeepAsync(session, group));

        var counts = await shop.Store.ReadAsync(shop.Counters.AllAsync);
        Assert.Equal(
            (1, 2, 1),
            (counts[Counters.SecretMatched("default", "test")], counts[Counters.SecretMatched("default", "other")],
                counts[Counters.SecretMatched("connect", "test")]));
    }

    [Theory, EveryEngine]
    public async Task A_group_that_is_rolled_back_leaves_no_event_no_job_and_no_count(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);

        await shop.Database.WriteAsync<int>(
            Turn.Ingest,
            async session =>
            {
                await shop.Keeper.KeepAsync(session, [shop.Delivery(new EventBody().Bytes)]);
                throw new InvalidOperationException();
            },
            TestContext.Current.CancellationToken);

        Assert.Empty(await DeliveriesAsync(shop));
        Assert.Empty(await JobsAsync(shop));
        Assert.Empty(await CountsAsync(shop));
    }

    [Theory, EveryEngine]
    public async Task Events_are_listed_newest_first_page_by_page_and_by_what_they_are(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await shop.DeliverAsync([.. Enumerable.Range(1, 5).Select(i => new EventBody($"evt_{i}").Bytes)]);
        await shop.DeliverAsync(new EventBody("evt_6", "price.created")
        {
            Livemode = true,
            Object = """{"id":"price_1","object":"price"}""",
        });

        EventFilter test = new() { Livemode = false, Limit = 9 };
        EventFilter live = new() { Livemode = true, Limit = 9 };
        Assert.Equal(["evt_5", "evt_4"], await ListAsync(shop, test with { Limit = 2 }));
        var fourth = await shop.Store.NumberAsync("select id from events where event_id = 'evt_4'");
        Assert.Equal(["evt_3", "evt_2"], await ListAsync(shop, test with { Limit = 2, Before = fourth }));
        Assert.Equal(["evt_6"], await ListAsync(shop, live));
        Assert.Equal(["evt_6"], await ListAsync(shop, live with { Type = "price.created" }));
        Assert.Equal(["evt_6"], await ListAsync(shop, live with { ObjectId = "price_1" }));
        Assert.Empty(await ListAsync(shop, test with { ObjectId = "price_1" }));
        Assert.Equal(["evt_6"], await ListAsync(shop, live with { State = JobState.Waiting }));
        Assert.Empty(await ListAsync(shop, live with { State = JobState.Dead }));
        Assert.Empty(await ListAsync(shop, live with { State = JobState.Dismissed }));
        Assert.Empty(await ListAsync(shop, live with { State = JobState.Completed }));
    }

    private static EventBody Named(string name) => new()
    {
        Object = $$"""{"id":"cus_1","object":"customer","name":"{{name}}"}""",
    };

    private static async Task<IEnumerable<string>> ListAsync(TestEngine shop, EventFilter filter) =>
        (await shop.Store.ReadAsync(session => shop.Events.ListAsync(session, filter))).Select(listed => listed.EventId);

    private static Task<List<string>> DeliveriesAsync(TestEngine shop) =>
        shop.Store.TextsAsync("select event_id || ' ' || deliveries from event_ids order by event_id");

    private static Task<List<string>> JobsAsync(TestEngine shop, string column = "attempt") =>
        shop.Store.TextsAsync($"select kind || ' ' || state || ' ' || {column} from jobs order by id");

    private static Task<List<string>> ConflictsAsync(TestEngine shop) =>
        shop.Store.TextsAsync(shop.Store.Say(
            "select cast(body as text) from event_conflicts order by id",
            "select convert_from(body, 'UTF8') from event_conflicts order by id"));

    private static async Task<List<string>> AlertsAsync(TestEngine shop)
    {
        var alerts = new AlertStore(shop.Database);
        var open = await shop.Store.ReadAsync(session => alerts.ListOpenAsync(session, before: null, limit: 10));
        return [.. open.Select(alert => $"{alert.Kind} {alert.Subject} {alert.Times}")];
    }

    private static async Task<List<(string, long)>> CountsAsync(TestEngine shop) =>
    [
        .. (await shop.Store.ReadAsync(shop.Counters.AllAsync))
            .Where(counter => !counter.Key.Contains(':', StringComparison.Ordinal))
            .Select(counter => (counter.Key, counter.Value)),
    ];
}
