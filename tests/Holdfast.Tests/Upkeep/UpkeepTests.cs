using Holdfast.Alerts;
using Holdfast.Apply;
using Holdfast.Findings;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Telemetry;
using Holdfast.Tests.Ingest;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;
using Holdfast.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Upkeep;

public sealed class UpkeepTests
{
    private static readonly RetentionOptions Retention = new() { Events = TimeSpan.FromDays(100) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task What_has_ended_goes_when_its_time_is_over_and_not_before(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_1"), new EventBody("evt_2"));
        await shop.ApplyAllAsync();

        await LookAfterAsync(shop);
        Assert.Equal(["evt_1", "evt_2"], await shop.Store.TextsAsync("select event_id from events order by event_id"));

        // Whole months may stay until their last day is over.
        shop.Clock.Advance(Retention.Events + TimeSpan.FromDays(32));
        await LookAfterAsync(shop);

        foreach (var table in (string[])["events", "event_ids", "jobs"])
        {
            Assert.Equal((table, 0), (table, await shop.Store.NumberAsync($"select count(*) from {table}")));
        }

        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from objects"));
    }

    [Theory, EveryEngine]
    public async Task What_is_open_or_dead_stays_with_its_event_until_it_has_ended(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_done"));
        await shop.ApplyAllAsync();
        await shop.DeliverAsync(new EventBody("evt_open"), new EventBody("evt_dead"));
        await shop.Store.RunAsync(
            """
            update jobs set state = 'dead', attempt = 1, run_at = null, ended_at = created_at
            where subject = (select id from event_ids where event_id = 'evt_dead')
            """);

        shop.Clock.Advance(Retention.Events + TimeSpan.FromDays(32));
        await LookAfterAsync(shop);

        Assert.Equal(["evt_dead", "evt_open"], await shop.Store.TextsAsync("select event_id from events order by event_id"));
        Assert.Equal(["evt_dead", "evt_open"], await shop.Store.TextsAsync("select event_id from event_ids order by event_id"));
        Assert.Equal(["dead", "waiting"], await shop.Store.TextsAsync("select state from jobs order by state"));

        await shop.ApplyAllAsync();
        var dead = new JobId(await shop.Store.NumberAsync("select id from jobs where state = 'dead'"));
        Assert.True(await shop.DeadLetters.DismissAsync(dead, "a test", "a test", Ct));
        await LookAfterAsync(shop);

        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from events"));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from jobs"));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from event_ids"));
    }

    [Theory, EveryEngine]
    public async Task Records_of_calls_go_when_their_own_time_is_over(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        var (now, calls) = (shop.Clock.GetUtcNow(), new CallStore(shop.Database));
        var old = new CallRecord
        {
            At = now,
            Correlation = "",
            RequestId = null,
            Method = "GET",
            Path = "/v1/events",
            Status = null,
            Failure = "no_answer",
            Duration = TimeSpan.Zero,
            Attempt = 1,
            Lane = Lane.Live,
            Cause = "old",
            StripeAccount = "",
            Node = "",
        };
        await shop.Store.WriteAsync(async session =>
        {
            await calls.AddAsync(session, [old, old with { At = now.AddSeconds(1), Cause = "new" }]);
            return true;
        });

        shop.Clock.Advance(Retention.Calls);
        await LookAfterAsync(shop);
        Assert.Equal(["new", "old"], await shop.Store.TextsAsync("select cause from calls order by cause"));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAfterAsync(shop);

        Assert.Equal(["new"], await shop.Store.TextsAsync("select cause from calls"));
    }

    /// <remarks>What a month still holds is carried over while nobody can store: that must not take long.</remarks>
    [Fact]
    public async Task A_month_with_too_much_that_is_open_stays_as_it_is_and_does_not_keep_the_next_one()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await shop.DeliverAsync(new EventBody("evt_1"));
        var month = $"events_{DateTimeOffset.UtcNow:yyyy_MM}";
        await shop.Store.RunAsync(
            """
            insert into jobs (kind, subject, state, run_at, created_at)
            select 'event', subject + number, state, run_at, created_at from open_jobs, generate_series(1, 1000) as number
            """);
        await LookAfterAsync(shop);

        shop.Clock.Advance(Retention.Events + TimeSpan.FromDays(63));
        await LookAfterAsync(shop);

        Assert.Equal(1, await shop.Store.NumberAsync($"select count(*) from {month}"));
        Assert.Equal(0, await shop.Store.NumberAsync(
            $"select count(to_regclass('events_{DateTimeOffset.UtcNow.AddMonths(1):yyyy_MM}'))"));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from events_rest"));

        await shop.Store.RunAsync("delete from open_jobs where subject = (select max(subject) from open_jobs)");
        await LookAfterAsync(shop);

        Assert.Equal(0, await shop.Store.NumberAsync($"select count(to_regclass('{month}'))"));
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from events_rest"));
    }

    [Theory, EveryEngine]
    public async Task Attempts_go_with_their_jobs(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_1"), new EventBody("evt_2"));
        await shop.Store.RunAsync(
            """
            insert into attempts (job, attempt, started_at, ended_at, state)
            select id, 1, created_at, created_at, 'waiting' from jobs
            """);
        await shop.Store.RunAsync(
            """
            update jobs set state = 'completed', run_at = null, ended_at = created_at
            where subject = (select min(id) from events)
            """);

        shop.Clock.Advance(Retention.Events + TimeSpan.FromDays(32));
        await LookAfterAsync(shop);

        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from attempts"));
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from attempts a join jobs j on j.id = a.job"));
    }

    [Theory, EveryEngine]
    public async Task Jobs_that_are_about_no_event_go_when_they_have_ended_and_their_time_is_over(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        await shop.DeliverAsync(new EventBody("evt_open"));
        // Their subjects are no events, whatever the number: one of them is as an event that is kept.
        await shop.Store.RunAsync(
            """
            insert into jobs (kind, subject, state, run_at, created_at)
            select kind, subject, 'waiting', created_at, created_at
            from (
                select 'lookup' as kind, subject, created_at from jobs union all select 'fetch', 1, created_at from jobs) as added
            """);
        await shop.Store.RunAsync(
            """
            insert into attempts (job, attempt, started_at, ended_at, state)
            select id, 1, created_at, created_at, state from jobs
            """);
        await shop.Store.RunAsync(
            "update jobs set state = 'completed', run_at = null, ended_at = created_at where kind = 'lookup'");

        shop.Clock.Advance(Retention.Events - TimeSpan.FromDays(1));
        await LookAfterAsync(shop);
        Assert.Equal(3, await shop.Store.NumberAsync("select count(*) from attempts"));
        shop.Clock.Advance(TimeSpan.FromDays(2));
        await LookAfterAsync(shop);
        Assert.Equal(2, await shop.Store.NumberAsync("select count(*) from attempts"));

        shop.Clock.Advance(TimeSpan.FromDays(32));
        await LookAfterAsync(shop);

        Assert.Equal(["event", "fetch"], await shop.Store.TextsAsync("select kind from jobs order by kind"));
    }

    [Theory, EveryEngine]
    public async Task Closed_findings_go_when_their_time_is_over_and_open_ones_never(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        var findings = new FindingStore(shop.Database);
        var (open, closed) = (new FindingKey("gap", "", Livemode: true, "open"), new FindingKey("gap", "", true, "closed"));
        await shop.Store.WriteAsync(async session =>
        {
            await findings.RaiseAsync(session, open, "", "{}", deadline: null, shop.Clock.GetUtcNow());
            await findings.RaiseAsync(session, closed, "", "{}", deadline: null, shop.Clock.GetUtcNow());
            return await findings.CloseAsync(session, closed, "mended", shop.Clock.GetUtcNow());
        });

        shop.Clock.Advance(Retention.Events);
        await LookAfterAsync(shop);
        Assert.Equal(["closed", "open"], await shop.Store.TextsAsync("select subject from findings order by subject"));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAfterAsync(shop);

        Assert.Equal(["open"], await shop.Store.TextsAsync("select subject from findings"));
    }

    [Theory, EveryEngine]
    public async Task What_was_fetched_goes_when_its_time_is_over_and_what_is_open_or_dead_never(Engine engine)
    {
        await using var shop = await ShopOfTodayAsync(engine);
        var now = shop.Clock.GetUtcNow();
        await shop.Store.WriteAsync(async session =>
        {
            Want[] wants = [WantOf("cus_closed", now), WantOf("cus_dead", now), WantOf("cus_open", now)];
            var rows = (await shop.Fetches.WantAsync(session, wants, now)).Select(row => row.Id).Order().ToArray();
            await shop.Jobs.AddAsync(session, Fetch.JobKind, rows, now);
            await shop.Fetches.CloseAsync(session, rows[0], looks: 1, confirmed: true, now);
            await shop.Fetches.CloseAsync(session, rows[1], looks: 1, confirmed: false, now);
            var jobs = await shop.Jobs.ClaimDueAsync(session, Fetch.JobKind, now, limit: 2);
            await shop.Jobs.CompleteAsync(session, [jobs[0]], now);
            var dead = new Verdict(JobState.Dead, RunAt: null, "hopeless", CountsAttempt: true);
            return await shop.Jobs.FinishAsync(session, jobs[1], dead, now);
        });

        shop.Clock.Advance(Retention.Events);
        await LookAfterAsync(shop);
        Assert.Equal(3, await shop.Store.NumberAsync("select count(*) from fetches"));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAfterAsync(shop);

        Assert.Equal(
            ["cus_dead", "cus_open"], await shop.Store.TextsAsync("select object_id from fetches order by object_id"));
    }

    [Theory, EveryEngine]
    public async Task Counts_are_the_same_after_they_were_added_up(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        await CountAsync(shop.Database, 3);
        await shop.RestartAsync();

        await CountAsync(shop.Database, 4);
        await LookAfterAsync(shop);
        await CountAsync(shop.Database, 5);
        await LookAfterAsync(shop);

        var counts = await shop.Store.ReadAsync(session => shop.Counters.AllAsync(session));
        Assert.Equal(12, counts["test"]);

        Task CountAsync(Database database, long count) => database.WriteAsync(
            Turn.Work,
            async session =>
            {
                await shop.Counters.AddAsync(session, "test", count);
                return true;
            },
            Ct);
    }

    [Theory, EveryEngine]
    public async Task A_node_that_ended_is_forgotten_after_a_week_and_one_that_lives_is_not(Engine engine)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        var nodes = new NodeStore(shop.Database);
        await shop.Store.WriteAsync(async session =>
        {
            var ended = await nodes.BeginAsync(session, new("ended", "0"), shop.Clock.GetUtcNow());
            await nodes.EndAsync(session, ended, shop.Clock.GetUtcNow());
            return await nodes.BeginAsync(session, new("lives", "0"), shop.Clock.GetUtcNow());
        });

        await LookAfterAsync(shop);
        Assert.Equal(["ended", "lives"], await shop.Store.TextsAsync("select name from nodes order by name"));
        shop.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await LookAfterAsync(shop);

        Assert.Equal(["lives"], await shop.Store.TextsAsync("select name from nodes"));
    }

    [Fact]
    public async Task An_old_snapshot_is_told_of_until_it_has_ended()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        var server = await PostgresServer.SharedAsync();
        await using (var idle = await server.OpenAsync(shop.Store.PostgresName))
        await using (var transaction = await idle.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Ct))
        {
            await using var look = new Npgsql.NpgsqlCommand("select 1", idle);
            await look.ExecuteScalarAsync(Ct);
            shop.Clock.Advance(StoreWarning.LongAgo + TimeSpan.FromMinutes(1));

            await LookAfterAsync(shop);

            Assert.Equal([$"old_snapshot session {idle.ProcessID}"], await AlertsAsync(shop));
        }

        await LookAfterAsync(shop);

        Assert.Empty(await AlertsAsync(shop));
    }

    [Fact]
    public async Task The_partitions_of_the_next_months_are_there_before_their_first_event()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await LookAfterAsync(shop);
        var expected = await PartitionsAsync(shop);
        await DropMonthsAsync(shop);

        await LookAfterAsync(shop);

        Assert.Equal(expected, await PartitionsAsync(shop));
        Assert.Equal(
            ["ended_jobs", "events"],
            expected.Where(name => name.EndsWith($"{DateTimeOffset.UtcNow.AddMonths(1):yyyy_MM}", StringComparison.Ordinal))
                .Select(name => name[..^8])
                .Order());
        await shop.DeliverAsync(new EventBody());
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from events_rest"));
    }

    [Fact]
    public async Task A_partition_made_later_is_like_those_made_at_first()
    {
        const string Shape =
            """
            select c.relname || ' ' || a.attname || a.attcompression::text || a.attnotnull
                || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relname ~ '_[0-9]{4}_[0-9]{2}$'
            union all
            select conrelid::regclass || ' ' || regexp_replace(pg_get_constraintdef(oid), '[0-9]{4}_[0-9]{2}', '')
            from pg_constraint
            where conrelid::regclass::text ~ '_[0-9]{4}_[0-9]{2}$'
            union all
            select tablename || ' ' || regexp_replace(indexdef, '.* USING', '') from pg_indexes
            where tablename ~ '_[0-9]{4}_[0-9]{2}$'
            order by 1
            """;
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await LookAfterAsync(shop);
        var before = await shop.Store.TextsAsync(Shape);
        await DropMonthsAsync(shop);

        await LookAfterAsync(shop);

        Assert.Equal(before, await shop.Store.TextsAsync(Shape));
        Assert.NotEmpty(before);
    }

    [Fact]
    public async Task While_a_partition_is_made_deliveries_are_stored_and_other_nodes_leave_it_alone()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await shop.Store.RunAsync($"drop table {NextMonthOf("events")}");
        await using var other = await (await PostgresServer.SharedAsync()).OpenAsync(shop.Store.PostgresName);
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await RunAsync(other, "set search_path = holdfast");
        await RunAsync(other, "select add_partition(now() + interval '2 months')");

        Assert.IsType<Receipt.Stored>(Assert.Single(await shop.DeliverAsync(new EventBody())));
        await LookAfterAsync(shop);

        Assert.DoesNotContain(NextMonthOf("events"), await PartitionsAsync(shop));
        await transaction.CommitAsync(Ct);
        Assert.Contains(NextMonthOf("events"), await PartitionsAsync(shop));
    }

    [Fact]
    public async Task While_a_backup_reads_the_tables_nodes_start_and_store_and_make_the_partitions_afterwards()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await LookAfterAsync(shop);
        var expected = await PartitionsAsync(shop);
        await DropMonthsAsync(shop);
        await using var backup = await (await PostgresServer.SharedAsync()).OpenAsync(shop.Store.PostgresName);
        await using (var transaction = await backup.BeginTransactionAsync(Ct))
        {
            await RunAsync(backup, "lock table holdfast.events, holdfast.events_rest in access share mode");

            await using (var starting = new PostgresDatabase(
                await PostgresDatabases.AddressAsync(shop.Store.PostgresName),
                new Hasty(),
                NullLogger<PostgresDatabase>.Instance))
            {
                await starting.OpenAsync(Ct);
            }

            await LookAfterAsync(shop);
            Assert.IsType<Receipt.Stored>(Assert.Single(await shop.DeliverAsync(new EventBody())));
            Assert.NotEqual(expected, await PartitionsAsync(shop));
        }

        await LookAfterAsync(shop);

        // What came meanwhile is kept where it is, and so is the month that it belongs to.
        Assert.Equal(
            expected.Where(name => name != $"events_{DateTimeOffset.UtcNow:yyyy_MM}"), await PartitionsAsync(shop));
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from events"));
    }

    [Fact]
    public async Task Tables_that_vacuum_does_not_keep_up_with_are_told_of_until_it_has()
    {
        await using var shop = await ShopOfTodayAsync(Engine.Postgres);
        await shop.Store.RunAsync("create table neglected (n int) with (autovacuum_enabled = off)");
        await shop.Store.RunAsync($"insert into neglected select generate_series(0, {StoreWarning.Many})");
        await shop.Store.RunAsync("delete from neglected");
        await CountedAsync("n_dead_tup > 0");

        await LookAfterAsync(shop);
        Assert.Equal(["dead_rows table neglected"], await AlertsAsync(shop));

        await (await PostgresServer.SharedAsync()).ExecuteAsync(shop.Store.PostgresName, "vacuum holdfast.neglected");
        await CountedAsync("n_dead_tup = 0");
        await LookAfterAsync(shop);
        Assert.Empty(await AlertsAsync(shop));

        // A session tells what it did at its end, or a while later.
        async Task CountedAsync(string what)
        {
            await shop.Store.RunAsync("select pg_stat_force_next_flush()");
            while (await shop.Store.NumberAsync(
                $"select count(*) from pg_stat_user_tables where relname = 'neglected' and {what}") is 0)
            {
                Ct.ThrowIfCancellationRequested();
            }
        }
    }

    [Fact]
    public async Task Tables_that_change_all_the_time_are_vacuumed_by_their_own_measure()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Postgres);

        Assert.Equal(
            [
                "counters autovacuum_vacuum_scale_factor=0 autovacuum_vacuum_threshold=1000",
                "objects autovacuum_vacuum_cost_delay=0 autovacuum_vacuum_scale_factor=0.05",
                "open_jobs autovacuum_analyze_scale_factor=0 autovacuum_analyze_threshold=50000 "
                    + "autovacuum_vacuum_cost_delay=0 autovacuum_vacuum_insert_scale_factor=0 "
                    + "autovacuum_vacuum_insert_threshold=100000 autovacuum_vacuum_scale_factor=0 "
                    + "autovacuum_vacuum_threshold=5000",
            ],
            await shop.Store.TextsAsync(
                """
                select relname || ' ' || (select string_agg(o, ' ' order by o) from unnest(reloptions) o where o ~ '^auto')
                from pg_class
                where reloptions::text ~ 'autovacuum' and relnamespace = current_schema()::regnamespace
                order by 1
                """));
    }

    private static Want WantOf(string customer, DateTimeOffset now) => new(
        new("", Livemode: true, "customer", customer), FetchReason.Confirm, Url: null, ApiVersion: null, "evt_1", now);

    private static string NextMonthOf(string table) => $"{table}_{DateTimeOffset.UtcNow.AddMonths(1):yyyy_MM}";

    private static Task<List<string>> PartitionsAsync(TestEngine shop) => shop.Store.TextsAsync(
        """
        select inhrelid::regclass::text as name from pg_inherits
        where inhparent in ('events'::regclass, 'ended_jobs'::regclass) and inhrelid::regclass::text !~ 'rest'
        order by name
        """);

    private static async Task DropMonthsAsync(TestEngine shop)
    {
        foreach (var name in await PartitionsAsync(shop))
        {
            await shop.Store.RunAsync($"drop table {name}");
        }
    }

    private static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>Rows are filed by the database's own clock, so here the tests' clock begins where that one is.</summary>
    private static async Task<TestEngine> ShopOfTodayAsync(Engine engine)
    {
        var shop = await TestEngine.CreateAsync(engine);
        shop.Clock.Advance(TimeProvider.System.GetUtcNow() - shop.Clock.GetUtcNow());
        return shop;
    }

    private static Task LookAfterAsync(TestEngine shop) => new Upkeeper(
        shop.Database,
        new UpkeepStore(shop.Database),
        new AlertStore(shop.Database),
        new NodeStore(shop.Database),
        Retention,
        shop.Clock,
        NullLogger<Upkeeper>.Instance).RunOnceAsync(Ct);

    private static Task<List<string>> AlertsAsync(TestEngine shop) =>
        shop.Store.TextsAsync("select kind || ' ' || subject from alerts where cleared_at is null");

    /// <summary>Whoever waits for a moment has waited already.</summary>
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
