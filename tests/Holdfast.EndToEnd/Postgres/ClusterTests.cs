using System.Diagnostics;
using System.Globalization;
using System.Net;
using Holdfast.Tests.Shop;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Three nodes on one database while deliveries come in about the same few objects: whatever befalls one of them, the
/// others go on, everything that was acknowledged is kept and applied once, and it ends as on one node without a fault.
/// </summary>
[Collection(ServerTests.Name)]
public sealed class ClusterTests
{
    private const int Some = 100;

    [Fact]
    public async Task Nodes_that_are_killed_in_turn_lose_nothing_and_hold_up_nobody()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        using var load = PatientLoad.Start(cluster);
        for (var times = 0; times < 2; times++)
        {
            foreach (var node in cluster.Nodes)
            {
                await load.MoreAsync(Some);
                node.Process.Kill();
            }
        }

        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        await load.EndAsync();
        await Unlucky.PutBackAsync(cluster.Nodes[0].Process);
        await cluster.AssertEndsAsOneNodeDoesAsync(load);
    }

    [Fact]
    public async Task Nodes_that_freeze_for_half_a_minute_in_turn_hold_up_nobody_and_change_nothing_when_they_wake()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        var (first, second, third) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        using var load = PatientLoad.Start(cluster);
        await load.MoreAsync(Some);
        var thawFirst = await FreezeAsync(first, TransactionKind.Apply, nth: 20);
        await load.MoreAsync(Some, by: second);
        await load.MoreAsync(Some, by: third);

        // What it had in its hands is let go by the database, and done by the others, while it is frozen still.
        await cluster.AssertEndsAsOneNodeDoesAsync(load);

        // With two of three frozen, and what the second had in its hands, the last does everything.
        using var during = PatientLoad.Start(cluster, firstRound: 1001);
        await during.MoreAsync(Some);
        var thawSecond = await FreezeAsync(second, TransactionKind.Ingest, nth: 8);
        await during.MoreAsync(Some, by: third);
        await cluster.AssertEndsAsOneNodeDoesAsync(load, during);

        await thawFirst();
        using var after = PatientLoad.Start(cluster, firstRound: 2001);
        await after.MoreAsync(Some, by: first);
        var thawThird = await FreezeAsync(third, TransactionKind.Apply, nth: 12);
        await after.MoreAsync(Some, by: first);
        await thawSecond();
        await after.MoreAsync(Some, by: second);
        await thawThird();
        await after.MoreAsync(Some, by: third);
        await cluster.AssertEndsAsOneNodeDoesAsync(load, during, after);
    }

    [Fact]
    public async Task Nodes_that_lose_their_way_to_the_database_in_turn_say_so_and_come_back_by_themselves()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        using var load = PatientLoad.Start(cluster);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some);
            node.Way.Refuse();
            node.Way.Cut();
            await node.IsNotReadyAsync();
            await load.MoreAsync(Some);
            node.Way.Listen();
            await node.IsReadyAsync();
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
        Assert.All(cluster.Nodes, node => Assert.False(node.Process.HasExited));
    }

    [Fact]
    public async Task Nodes_whose_messages_to_and_from_the_database_stand_still_in_turn_hold_up_nobody_for_long()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        using var load = PatientLoad.Start(cluster);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some);
            var release = new TaskCompletionSource();
            node.Way.Rule = _ => new ProxyAction.Hold(release.Task);
            await node.IsNotReadyAsync();
            foreach (var other in cluster.Nodes.Where(other => other != node))
            {
                await load.MoreAsync(Some, by: other);
            }

            // All that stood still arrives at last, when nobody waits for it any more.
            node.Way.Rule = TcpProxy.Forward;
            release.SetResult();
            await node.IsReadyAsync();
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
    }

    [Fact]
    public async Task A_transaction_of_whatever_kind_that_stands_still_at_whatever_message_holds_up_nobody_for_long()
    {
        var chance = new Random(20260103);
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        using var load = PatientLoad.Start(cluster);
        foreach (var kind in new[] { TransactionKind.Ingest, TransactionKind.Apply, TransactionKind.Beat })
        {
            foreach (var node in cluster.Nodes)
            {
                var release = new TaskCompletionSource();
                var fault = new TransactionFault(
                    sql => kind.IsBegunBy(sql), nth: chance.Next(2, 12), () => new ProxyAction.Hold(release.Task));
                node.Way.Rule = fault.Rule;
                await Wait.UntilAsync($"a transaction of {kind} stands still on {node.Name}", () => fault.IsDone);
                foreach (var other in cluster.Nodes.Where(other => other != node))
                {
                    await load.MoreAsync(Some / 2, by: other);
                }

                release.SetResult();
            }
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
        Assert.All(cluster.Nodes, node => Assert.False(node.Process.HasExited));
    }

    [Fact]
    public async Task A_database_that_is_not_near_and_at_times_slow_makes_nodes_slow_and_does_nothing_else()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        foreach (var (index, node) in cluster.Nodes.Index())
        {
            node.Way.Rule = new Latency(index).Rule;
        }

        using var load = PatientLoad.Start(cluster);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some / 2, by: node);
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
    }

    [Fact]
    public async Task A_database_that_is_restarted_without_warning_is_told_to_the_sender_and_found_again()
    {
        await using var server = await PostgresServer.CreateAsync();
        await using var cluster = await Cluster.StartAsync(server);
        using var load = PatientLoad.Start(cluster);
        Func<Task>[] ends = [server.StopImmediatelyAsync, server.KillAsync, server.StopFastAsync];
        foreach (var end in ends)
        {
            await load.MoreAsync(Some);
            await end();
            await load.RefusedAsync(Some);
            await server.StartAsync();
            foreach (var node in cluster.Nodes)
            {
                await load.MoreAsync(Some, by: node);
            }
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
        Assert.All(cluster.Nodes, node => Assert.False(node.Process.HasExited));
    }

    [Fact]
    public async Task Nodes_whose_clocks_are_an_hour_apart_and_jump_by_hours_do_the_same_work_at_the_same_moments()
    {
        using var right = await WrongClock.ByAsync(hours: 0);
        using var ahead = await WrongClock.ByAsync(hours: 1);
        using var behind = await WrongClock.ByAsync(hours: -1);
        await using var cluster = await Cluster.StartAsync(
            await PostgresServer.SharedAsync(), right.Settings, ahead.Settings, behind.Settings);
        using var load = PatientLoad.Start(cluster);
        await BelieveAsync(0, 1, -1);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        right.Jump(hours: 1);
        ahead.Jump(hours: -1);
        behind.Jump(hours: 1);
        await BelieveAsync(1, -1, 1);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(load);
        using var kept = cluster.Store.Look();
        Assert.Equal(0, kept.Number("select count(*) from events where abs(extract(epoch from received_at - now())) > 300"));
        Assert.Equal(
            0, kept.Number("select count(*) from object_changes where abs(extract(epoch from applied_at - now())) > 300"));
        Assert.Equal(
            ["node-1", "node-2", "node-3"],
            kept.Ask<string>(
                "select name from nodes where ended_at is null and seen_at > now() - interval '1 minute' order by name"));
        Assert.Equal(3, kept.Number("select count(*) from nodes"));

        Task BelieveAsync(params int[] hours) => Task.WhenAll(cluster.Nodes.Zip(hours, (node, hour) => Wait.UntilAsync(
            $"the clock of {node.Name} is {hour} h ahead",
            async () =>
            {
                var said = (await node.Process.CallAsync(HttpMethod.Get, "/healthz")).Headers["Date"];
                var ahead = DateTimeOffset.Parse(said, CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow;
                return Math.Abs((ahead - TimeSpan.FromHours(hour)).TotalMinutes) < 5;
            })));
    }

    [Fact]
    public async Task The_month_of_a_shop_that_is_posted_to_three_nodes_at_random_ends_as_on_one_with_SQLite()
    {
        var month = ShopMonth.Write(ApiVersionShape.Endive, seed: 7, customers: ShopMonth.StoryCount)
            .Select(one => one.Body).ToArray();
        var onSqlite = OnSqliteAsync(month);
        var chance = new Random(20260102);
        byte[][] arrivals = [.. month, .. month.Where(_ => chance.Next(3) is 0)];
        chance.Shuffle(arrivals);
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        var shares = arrivals.ToLookup(_ => cluster.Nodes[chance.Next(cluster.Nodes.Count)]);

        await Task.WhenAll(shares.Select(share => PostAsync(share.Key.Process, share)));

        using var kept = cluster.Store.Look();
        await Cluster.SettledAsync(kept);
        kept.AssertDoneOnce();
        Assert.Equal(month.Length, kept.EventIds().Count);
        Assert.Equal(await onSqlite, kept.EndState());
    }

    private static async Task<List<string>> OnSqliteAsync(byte[][] month)
    {
        await using var store = new SqliteStore();
        await using var node = await ServerProcess.StartAsync(store.Url);
        await PostAsync(node, month);
        await node.SettledAsync();
        Assert.Equal(0, await node.StopAsync());
        using var kept = store.Look();
        kept.AssertDoneOnce();
        return kept.EndState();
    }

    private static Task PostAsync(ServerProcess node, IEnumerable<byte[]> bodies) => Parallel.ForEachAsync(
        bodies,
        new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (body, _) => Assert.Equal(HttpStatusCode.OK, (await node.DeliverAsync(body)).Status));

    /// <summary>Freezes a node in the middle of a transaction, so that it has rows locked.</summary>
    /// <returns>What lets it go on, half a minute from now; it is the same process then as before.</returns>
    private static async Task<Func<Task>> FreezeAsync(ClusterNode node, TransactionKind amid, int nth)
    {
        var frozen = node.Process;
        var fault = new TransactionFault(sql => amid.IsBegunBy(sql), nth, () =>
        {
            frozen.Freeze();
            return new ProxyAction.Forward();
        });
        node.Way.Rule = fault.Rule;
        await Wait.UntilAsync($"{node.Name} is frozen", () => fault.IsDone);
        var since = Stopwatch.StartNew();
        return async () =>
        {
            await Wait.UntilAsync("half a minute has passed", () => since.Elapsed >= TimeSpan.FromSeconds(30));
            frozen.Thaw();
            await node.IsReadyAsync();
            Assert.False(frozen.HasExited);
            Assert.Same(frozen, node.Process);
        };
    }
}
