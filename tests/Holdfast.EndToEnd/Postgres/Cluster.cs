namespace Holdfast.EndToEnd.Postgres;

/// <summary>Some nodes on one database.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private Cluster(PostgresStore store, IReadOnlyList<ClusterNode> nodes)
    {
        Store = store;
        Nodes = nodes;
    }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>Where their database is.</summary>
    public PostgresStore Store { get; }

    /// <summary>Starts three nodes that differ in nothing but their names, and waits until each takes deliveries in.</summary>
    public static Task<Cluster> StartAsync(PostgresServer server) => StartAsync(server, [], [], []);

    /// <summary>Starts a node for each of the settings, and waits until each takes deliveries in.</summary>
    public static async Task<Cluster> StartAsync(PostgresServer server, params (string Name, string Value)[][] settings) =>
        await StartAsync(await PostgresStore.CreateAsync(server), settings);

    /// <param name="store">Becomes the cluster's own.</param>
    public static async Task<Cluster> StartAsync(PostgresStore store, params (string Name, string Value)[][] settings)
    {
        var nodes = settings.Select((own, index) => ClusterNode.Start(store, $"node-{index + 1}", own)).ToArray();
        var cluster = new Cluster(store, nodes);
        try
        {
            await Task.WhenAll(nodes.Select(node => node.IsReadyAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends the loads and waits until every job has ended: all that was acknowledged is kept, each event was applied once,
    /// and every object and account is as one node that nothing befell would have left it.
    /// </summary>
    public Task AssertEndsAsOneNodeDoesAsync(params PatientLoad[] loads) =>
        AssertEndsAsOneNodeDoesAsync(Store.Server, loads);

    /// <param name="server">Where the database is now.</param>
    public async Task AssertEndsAsOneNodeDoesAsync(PostgresServer server, params PatientLoad[] loads)
    {
        var acknowledged = (await Task.WhenAll(loads.Select(load => load.EndAsync()))).SelectMany(ids => ids);
        using var kept = new KeptDatabase(server, Store.Database);
        await SettledAsync(kept);
        Assert.Empty(acknowledged.Except(kept.EventIds()));
        kept.AssertDoneOnce();
        await Round.AssertEndedAsync(kept, loads.SelectMany(load => load.Rounds));
    }

    /// <summary>Waits until every job has ended.</summary>
    public static Task SettledAsync(KeptStore kept) =>
        Wait.UntilAsync("every job has ended", () => kept.Number("select count(*) from open_jobs") is 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Store.DisposeAsync();
    }
}
