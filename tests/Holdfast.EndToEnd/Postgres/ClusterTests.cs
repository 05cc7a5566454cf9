using System.Diagnostics;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>
/// Three nodes on one database while deliveries come in: whatever befalls one of them, the others go on, everything
/// that was acknowledged is kept, and everything is applied once.
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
        for (var times = 0; times < 3; times++)
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

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
    }

    [Theory]
    [InlineData(TransactionKind.Ingest)]
    [InlineData(TransactionKind.Apply)]
    public async Task A_node_that_freezes_for_half_a_minute_holds_up_nobody_and_changes_nothing_when_it_wakes(
        TransactionKind amid)
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        using var load = PatientLoad.Start(cluster);
        await load.MoreAsync(Some);

        // In the middle of a transaction, so that it has rows locked.
        var frozen = cluster.Nodes[0].Process;
        var fault = new TransactionFault(sql => amid.IsBegunBy(sql), nth: 20, () =>
        {
            frozen.Freeze();
            return new ProxyAction.Forward();
        });
        cluster.Nodes[0].Way.Rule = fault.Rule;
        await Wait.UntilAsync("it is frozen", () => fault.IsDone);
        var since = Stopwatch.StartNew();
        foreach (var awake in cluster.Nodes.Skip(1))
        {
            await load.MoreAsync(Some, by: awake);
        }

        // What it had in its hands is let go by the database, and done by the others, while it is frozen still.
        var acknowledged = await load.EndAsync();
        await cluster.AssertAppliedOnceAsync(acknowledged);
        await Wait.UntilAsync("half a minute has passed", () => since.Elapsed >= TimeSpan.FromSeconds(30));
        frozen.Thaw();

        await cluster.Nodes[0].IsReadyAsync();
        using var again = PatientLoad.Start(cluster, "again");
        await again.MoreAsync(Some, by: cluster.Nodes[0]);
        await cluster.AssertAppliedOnceAsync([.. acknowledged, .. await again.EndAsync()]);
        Assert.False(frozen.HasExited);
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

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
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

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
    }

    [Fact]
    public async Task Messages_that_are_each_late_make_nodes_slow_and_do_nothing_else()
    {
        await using var cluster = await Cluster.StartAsync(await PostgresServer.SharedAsync());
        foreach (var node in cluster.Nodes)
        {
            node.Way.Rule = _ => new ProxyAction.Hold(Task.Delay(1));
        }

        using var load = PatientLoad.Start(cluster);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
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

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
        Assert.All(cluster.Nodes, node => Assert.False(node.Process.HasExited));
    }

    [Fact]
    public async Task Nodes_whose_clocks_are_an_hour_apart_do_the_same_work_at_the_same_moments()
    {
        await using var cluster = await Cluster.StartAsync(
            await PostgresServer.SharedAsync(), [], await WrongClock.ByAsync("+1h"), await WrongClock.ByAsync("-1h"));
        using var load = PatientLoad.Start(cluster);
        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertAppliedOnceAsync(await load.EndAsync());
        using var kept = cluster.Store.Look();
        Assert.Equal(0, kept.Number("select count(*) from events where abs(extract(epoch from received_at - now())) > 300"));
        Assert.Equal(
            0, kept.Number("select count(*) from object_changes where abs(extract(epoch from applied_at - now())) > 300"));
        Assert.Equal(
            ["node-1", "node-2", "node-3"],
            kept.Ask<string>(
                "select name from nodes where ended_at is null and seen_at > now() - interval '1 minute' order by name"));
    }
}
