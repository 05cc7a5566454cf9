using Npgsql;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>Two versions of the program on one database, as when nodes are replaced one after the other.</summary>
[Collection(ServerTests.Name)]
public sealed class UpgradeTests
{
    private const int Connections = 6;
    private const int Some = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_are_replaced_by_a_later_version_one_after_the_other_and_nothing_is_lost_or_done_twice()
    {
        await using var store = await PostgresStore.CreateAsync(await PostgresServer.SharedAsync());
        var acknowledged = new List<string>();
        await using var first = await StartAsync(store, "first");
        await using var second = await StartAsync(store, "second");
        var firstLoad = Load.Start(first, Connections, "first");
        var secondLoad = Load.Start(second, Connections, "second");
        await firstLoad.AcknowledgedAsync(Some);
        await secondLoad.AcknowledgedAsync(Some);

        // The first of the new ones brings the schema up, while the old ones go on beside it.
        await using var third = await StartNextAsync(store, "third");
        var thirdLoad = Load.Start(third, Connections, "third");
        await thirdLoad.AcknowledgedAsync(Some);
        await firstLoad.AcknowledgedAsync(firstLoad.Acknowledged.Count + Some);
        await secondLoad.AcknowledgedAsync(secondLoad.Acknowledged.Count + Some);
        await StopAsync(first, firstLoad);
        await using var fourth = await StartNextAsync(store, "fourth");
        var fourthLoad = Load.Start(fourth, Connections, "fourth");
        await fourthLoad.AcknowledgedAsync(Some);
        await StopAsync(second, secondLoad);

        // The new ones are among themselves: they apply what the old ones have stored.
        using var kept = store.Look();
        var last = kept.Number("select max(id) from events");
        await Wait.UntilAsync("all of the old nodes' events are applied", () =>
            kept.Number($"select count(*) from open_jobs where subject <= {last}") is 0);

        // And back: an old one may be started again, and applies what the new ones have stored.
        await StopAsync(third, thirdLoad);
        await using var back = await StartAsync(store, "first");
        var backLoad = Load.Start(back, Connections, "back");
        await backLoad.AcknowledgedAsync(Some);
        await StopAsync(fourth, fourthLoad);
        await backLoad.EndAsync();
        acknowledged.AddRange(backLoad.Acknowledged);
        await back.SettledAsync();

        Assert.Empty(acknowledged.Except(kept.EventIds()));
        kept.AssertAppliedOnce();
        Assert.Equal(
            ["0.1.0", "0.1.0", "0.2.0", "0.2.0", "0.1.0"], kept.Ask<string>("select version from nodes order by id"));

        async Task StopAsync(ServerProcess node, Load load)
        {
            Assert.Equal(0, await node.StopAsync());
            await load.GoneAsync();
            acknowledged.AddRange(load.Acknowledged);
        }
    }

    [Fact]
    public async Task Deliveries_are_acknowledged_while_a_step_of_the_schema_waits_for_somebody_who_reads()
    {
        await using var store = await PostgresStore.CreateAsync(await PostgresServer.SharedAsync());
        await using var old = await StartAsync(store, "old");
        var load = Load.Start(old, Connections, "old");
        await load.AcknowledgedAsync(Some);

        // Somebody's long report: nothing that it reads can be altered before it has ended.
        await using (var report = await store.Server.OpenAsync(store.Database))
        await using (var reading = await report.BeginTransactionAsync(Ct))
        {
            await using var read = new NpgsqlCommand("select count(*) from holdfast.events", report, reading);
            await read.ExecuteScalarAsync(Ct);
            await using var next = ServerProcess.LaunchNext(store.Url);
            for (var times = 0; times < 3; times++)
            {
                await StepAsync(store, waits: true);
                await load.AcknowledgedAsync(load.Acknowledged.Count + Some);
                await StepAsync(store, waits: false);
            }

            using (var kept = store.Look())
            {
                Assert.Equal(0, kept.Number("select count(*) from migrations where number > 9000"));
            }

            await reading.RollbackAsync(Ct);
            Assert.True(await next.IsListeningAsync(), next.Output);
        }

        await load.EndAsync();
        await old.SettledAsync();
        using var end = store.Look();
        Assert.Empty(load.Acknowledged.Except(end.EventIds()));
        end.AssertAppliedOnce();
        Assert.Equal(["9001_later"], end.Ask<string>("select name from migrations where number > 9000"));
    }

    [Fact]
    public async Task A_version_that_the_schema_has_left_behind_says_so_in_a_sentence_and_changes_nothing()
    {
        using var directory = new WorkingDirectory();
        await using var store = await PostgresStore.CreateAsync(await PostgresServer.SharedAsync());
        await using (var afterNext = await ServerProcess.StartNextAsync(store.Url, ("VERSION_AFTER_NEXT", "yes")))
        {
            await afterNext.DeliverAsync(StripeEvent.Of("evt_1"));
            await afterNext.SettledAsync();
            Assert.Equal(0, await afterNext.StopAsync());
        }

        var run = await HoldfastRun.OfAsync(
            directory.Path, ["serve"], [.. HoldfastProcess.Defaults, ("DATABASE_URL", store.Url)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "The database has the schema step 9002_drop_later_needs_9001, which this version of Holdfast cannot work with: a "
            + "newer version has used it. Nothing was changed. Run that version, or restore a backup made before it.\n",
            run.Errors);
        using var kept = store.Look();
        kept.AssertAppliedOnce();
        Assert.Equal(1, kept.Number("select count(*) from nodes"));
    }

    private static Task<ServerProcess> StartAsync(PostgresStore store, string name) =>
        ServerProcess.StartAsync(store.Url, ("HOLDFAST_NODE", name));

    private static Task<ServerProcess> StartNextAsync(PostgresStore store, string name) =>
        ServerProcess.StartNextAsync(store.Url, ("HOLDFAST_NODE", name));

    /// <summary>Waits until a step of the schema stands in the queue for a table's lock, or has left it for a while.</summary>
    private static Task StepAsync(PostgresStore store, bool waits) => Wait.UntilAsync(
        waits ? "a step waits for its lock" : "it has given up for now",
        async () => await store.Server.AskAsync<bool>(
            store.Database,
            "select count(*) > 0 from pg_locks where not granted and mode = 'AccessExclusiveLock' and database = "
            + "(select oid from pg_database where datname = current_database())") is [var found] && found == waits);
}
