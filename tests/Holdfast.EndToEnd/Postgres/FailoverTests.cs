namespace Holdfast.EndToEnd.Postgres;

[Collection(ServerTests.Name)]
public sealed class FailoverTests
{
    private const int Some = 100;

    [Fact]
    public async Task When_the_primary_dies_its_promoted_standby_is_found_and_nothing_acknowledged_is_lost()
    {
        await using var primary = await PostgresServer.CreateAsync();
        var store = await PostgresStore.CreateAsync(primary);
        await using var standby = await primary.CreateStandbyAsync();
        await CommitOnBothAsync(primary);
        var hosts = $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}";
        (string, string) both = (
            "DATABASE_URL",
            $"postgres://{PostgresServer.User}:{PostgresServer.Password}@{hosts}/{store.Database}"
            + "?target_session_attrs=read-write");
        await using var cluster = await Cluster.StartAsync(store, [both], [both]);
        using var load = PatientLoad.Start(cluster);
        await load.MoreAsync(Some);

        await primary.KillAsync();
        await load.RefusedAsync(Some);
        await standby.PromoteAsync();

        foreach (var node in cluster.Nodes)
        {
            await load.MoreAsync(Some, by: node);
        }

        await cluster.AssertEndsAsOneNodeDoesAsync(standby, load);
        Assert.All(cluster.Nodes, node => Assert.False(node.Process.HasExited));
    }

    /// <summary>From now on a commit is answered when the standby has it, too.</summary>
    private static async Task CommitOnBothAsync(PostgresServer primary)
    {
        await primary.ExecuteAsync("postgres", "alter system set synchronous_standby_names = '*'");
        await primary.ExecuteAsync("postgres", "select pg_reload_conf()");
        await Wait.UntilAsync("the standby is waited for", async () =>
            await primary.AskAsync<string>("postgres", "select sync_state from pg_stat_replication") is ["sync"]);
    }
}
