using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Holdfast.Testing;
using Holdfast.Tests.Ingest;
using Holdfast.Tests.Shop;
using Holdfast.Tests.Support;
using Npgsql;

namespace Holdfast.Tests.Apply;

/// <summary>Several nodes take and apply at once what one would, and it ends in the same state.</summary>
public sealed class ManyNodesTests
{
    private const int Customers = 36;
    private const int Nodes = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_month_of_a_shop_ends_in_one_state_on_SQLite_on_one_node_and_on_three_at_once()
    {
        var month = ShopMonth.Write(ApiVersionShape.Endive, seed: 7, Customers).Select(one => one.Body).ToArray();
        var expected = await OnOneNodeAsync(Engine.Sqlite, month);
        Assert.Equal(expected, await OnOneNodeAsync(Engine.Postgres, month));
        for (var seed = 1; seed <= 3; seed++)
        {
            var chance = new Random(seed);
            byte[][] arrivals = [.. month, .. month];
            chance.Shuffle(arrivals);
            await using var cluster = await Cluster.CreateAsync(new() { BatchSize = chance.Next(1, 40) });

            await cluster.TakeAndApplyAsync(arrivals, group: chance.Next(1, 30));

            Assert.True(expected == await cluster.First.HashAsync(), $"seed {seed} ends in another state");
            var counts = await cluster.CountsAsync();
            Assert.Equal(
                (month.Length, month.Length, month.Length),
                (counts[Counters.Received], counts[Counters.Duplicates], counts[Counters.Applied]));
            Assert.Equal(0, await cluster.First.Store.NumberAsync(
                "select count(*) from (select event from object_changes group by event having count(*) > 1) as twice"));
            Assert.Equal(0, await cluster.First.Store.NumberAsync("select count(*) from attempts"));
            Assert.Equal(0, await cluster.DeadlocksAsync());
        }
    }

    [Fact]
    public async Task Each_of_the_same_events_delivered_to_all_nodes_at_once_again_and_again_is_stored_once()
    {
        const int Times = 64;
        byte[][] events = [.. Enumerable.Range(1, 40).Select(number => new EventBody($"evt_{number}").Bytes)];
        await using var cluster = await Cluster.CreateAsync(new());

        var receipts = await Task.WhenAll(Enumerable.Range(0, Times).Select(async time =>
        {
            var arrivals = events.ToArray();
            new Random(time).Shuffle(arrivals);
            return await cluster.DeliverAsync(time % Nodes, arrivals);
        }));

        Assert.Equal(events.Length, receipts.Sum(each => each.Count(receipt => receipt is Receipt.Stored)));
        Assert.Equal(
            [$"{events.Length} of {Times}"],
            await cluster.First.Store.TextsAsync(
                "select count(*) || ' of ' || deliveries from event_ids group by deliveries"));
        Assert.Equal(events.Length, await cluster.First.Store.NumberAsync("select count(*) from events"));
        Assert.Equal(events.Length, await cluster.First.Store.NumberAsync("select count(*) from jobs"));
        Assert.Equal(0, await cluster.DeadlocksAsync());
    }

    [Fact]
    public async Task A_node_that_finds_others_in_its_way_when_it_claims_does_not_pause()
    {
        await using var shop = await TestEngine.CreateAsync(Engine.Postgres);
        await shop.DeliverAsync(new EventBody());
        await using var other = await (await PostgresServer.SharedAsync()).OpenAsync(shop.Store.PostgresName);
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand("lock table holdfast.open_jobs in access exclusive mode", other);
        await command.ExecuteNonQueryAsync(Ct);

        // No time passes here that a pause could end with.
        var more = await shop.Worker.TurnAsync(Ct).WaitAsync(TimeSpan.FromMinutes(1), Ct);

        Assert.Equal(shop.Options.BatchSize, more);
        await transaction.RollbackAsync(Ct);
        Assert.Equal(1, await shop.Worker.TurnAsync(Ct));
    }

    private static async Task<string> OnOneNodeAsync(Engine engine, byte[][] bodies)
    {
        await using var shop = await TestEngine.CreateAsync(engine);
        foreach (var together in bodies.Chunk(50))
        {
            await shop.DeliverAsync(together);
        }

        await shop.ApplyAllAsync();
        return await shop.HashAsync();
    }

    private sealed class Cluster : IAsyncDisposable
    {
        private readonly TestEngine[] _nodes;
        private readonly long _deadlocksBefore;

        private Cluster(TestEngine[] nodes, long deadlocksBefore)
        {
            _nodes = nodes;
            _deadlocksBefore = deadlocksBefore;
        }

        public TestEngine First => _nodes[0];

        public static async Task<Cluster> CreateAsync(WorkerOptions options)
        {
            options.PauseWhenUnavailable = TimeSpan.Zero;
            var first = await TestEngine.CreateAsync(Engine.Postgres, options);

            // As a rule a wait is given up before the server looks for a circle; here it looks first, and tells.
            await OnServerAsync(first, "set deadlock_timeout = '10ms'");
            var nodes = new List<TestEngine> { first };
            while (nodes.Count < Nodes)
            {
                nodes.Add(await first.JoinAsync());
            }

            return new([.. nodes], await DeadlocksAsync(first));
        }

        /// <summary>Groups of deliveries come to all nodes at once while all of them apply, until all is applied.</summary>
        public async Task TakeAndApplyAsync(byte[][] arrivals, int group)
        {
            var groups = new Queue<byte[][]>(arrivals.Chunk(group));
            var taking = Task.WhenAll(Enumerable.Range(0, 2 * Nodes).Select(async sender =>
            {
                while (Next() is { } together)
                {
                    await DeliverAsync(sender % Nodes, together);
                }
            }));
            await Task.WhenAll(_nodes.Select(async node =>
            {
                while (!taking.IsCompleted || await node.Worker.TurnAsync(Ct) > 0)
                {
                    await node.Worker.TurnAsync(Ct);
                }
            }));
            await taking;
            while (await First.Store.NumberAsync("select count(*) from jobs where state <> 'completed'") > 0)
            {
                // What was in another node's way is due again a moment later.
                First.Clock.Advance(First.Options.PauseWhenContended);
                await First.ApplyAllAsync();
            }

            byte[][]? Next()
            {
                lock (groups)
                {
                    return groups.TryDequeue(out var next) ? next : null;
                }
            }
        }

        /// <summary>Delivers as Stripe does: again, until it is taken.</summary>
        public async Task<Receipt[]> DeliverAsync(int node, byte[][] bodies)
        {
            while (true)
            {
                var commit = await _nodes[node].Database.WriteAsync(
                    Turn.Ingest,
                    session => _nodes[node].Keeper.KeepAsync(session, [.. bodies.Select(_nodes[node].Delivery)]),
                    Ct);
                if (commit is Commit<Receipt[]>.Committed(var receipts))
                {
                    return receipts;
                }
            }
        }

        public Task<IReadOnlyDictionary<string, long>> CountsAsync() => First.Store.ReadAsync(First.Counters.AllAsync);

        /// <summary>How often the server had to break a circle of waiting.</summary>
        public async Task<long> DeadlocksAsync()
        {
            foreach (var node in _nodes)
            {
                // A session reports at its end at the latest.
                await node.Database.DisposeAsync();
            }

            return await DeadlocksAsync(First) - _deadlocksBefore;
        }

        public async ValueTask DisposeAsync()
        {
            await OnServerAsync(First, "reset deadlock_timeout");
            foreach (var node in _nodes.Reverse())
            {
                await node.DisposeAsync();
            }
        }

        private static async Task<long> DeadlocksAsync(TestEngine node) =>
            Assert.Single(await (await PostgresServer.SharedAsync()).AskAsync<long>(
                "postgres", $"select deadlocks from pg_stat_database where datname = '{node.Store.PostgresName}'"));

        private static async Task OnServerAsync(TestEngine node, string setting) =>
            await (await PostgresServer.SharedAsync()).ExecuteAsync(
                "postgres", $"""alter database "{node.Store.PostgresName}" {setting}""");
    }
}
