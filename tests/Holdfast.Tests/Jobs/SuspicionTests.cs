using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Holdfast.Tests.Jobs;

/// <summary>What several nodes do that have the same job under suspicion at the same time.</summary>
public sealed class SuspicionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_kills_whoever_runs_it_kills_two_of_all_who_suspect_it()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await AddAsync(store, 1);
        var id = await store.NumberAsync("select id from jobs");
        var nodes = new List<Life>();
        while (nodes.Count < 4)
        {
            nodes.Add(new(await store.JoinAsync()) { Kills = 1 });
            nodes[^1].Worker.RunAlone([new(new(id), 0)]);
        }

        var deaths = 0;
        foreach (var node in nodes)
        {
            deaths += await node.WorkOrDieAsync() ? 1 : 0;
        }

        Assert.Equal(Worker.MaxDeathsAlone, deaths);
        Assert.Equal(["dead 3"], await store.TextsAsync("select state || ' ' || alone from jobs"));
    }

    [Fact]
    public async Task One_that_is_in_anothers_hands_stays_under_suspicion_and_is_no_death_of_it()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await AddAsync(store, 1, 2);
        var suspects = await store.ReadAsync(session => new JobStore(store.Database).SuspectsAsync(
            session, Workshop.Kind, store.Clock.GetUtcNow(), limit: 10));
        await using var node = new Life(await store.JoinAsync());
        node.Worker.RunAlone(suspects);
        await using var other = await (await PostgresServer.SharedAsync()).OpenAsync(store.PostgresName);
        await using (var transaction = await other.BeginTransactionAsync(Ct))
        {
            await using var hold = new NpgsqlCommand("select id from holdfast.jobs where subject = 1 for update", other);
            await hold.ExecuteScalarAsync(Ct);
            await node.Worker.TurnAsync(Ct);
            await node.Worker.TurnAsync(Ct);
            Assert.Equal([[2]], node.Calls);
        }

        await AddAsync(store, 3);
        await node.Worker.TurnAsync(Ct);
        await node.Worker.TurnAsync(Ct);

        Assert.Equal([[2], [1], [3]], node.Calls);
    }

    [Fact]
    public async Task One_that_another_has_run_to_its_end_is_under_suspicion_no_more()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await AddAsync(store, 1);
        var suspect = new Suspect(new(await store.NumberAsync("select id from jobs")), 0);
        await using var first = new Life(await store.JoinAsync());
        await using var second = new Life(await store.JoinAsync());
        first.Worker.RunAlone([suspect]);
        second.Worker.RunAlone([suspect]);

        await first.Worker.TurnAsync(Ct);
        await AddAsync(store, 2, 3);
        await second.Worker.TurnAsync(Ct);
        await second.Worker.TurnAsync(Ct);

        Assert.Equal([[1]], first.Calls);
        Assert.Equal([[2, 3]], second.Calls);
    }

    private static Task<int> AddAsync(TestDatabase store, params long[] subjects) => store.WriteAsync(session =>
        new JobStore(store.Database).AddAsync(session, Workshop.Kind, subjects, store.Clock.GetUtcNow()));

    /// <summary>A node on a store of several, which one job may kill.</summary>
    private sealed class Life : BatchHandler, IAsyncDisposable
    {
        private readonly TestDatabase _store;
        private readonly TaskCompletionSource _dying = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Life(TestDatabase store)
        {
            _store = store;

            // The clock is moved on while it works.
            var options = new WorkerOptions { AttemptTimeout = TimeSpan.FromDays(1) };
            Worker = new(
                this,
                store.Database,
                new JobStore(store.Database),
                new NodeStore(store.Database),
                new ThisNode("test", "0"),
                new Doorbell(),
                new AttemptWatch(store.Clock),
                options,
                store.Clock,
                new Random(1),
                NullLogger<Worker>.Instance);
        }

        public long? Kills { get; init; }

        public Worker Worker { get; }

        public List<long[]> Calls { get; } = [];

        public override string Kind => Workshop.Kind;

        public override async Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
        {
            Calls.Add([.. jobs.Select(job => job.Subject)]);
            if (jobs.Any(job => job.Subject == Kills))
            {
                _dying.SetResult();
                await new TaskCompletionSource().Task;
            }

            return [.. jobs.Select(_ => new Outcome.Done())];
        }

        /// <summary>Works, as time goes on, until nothing is due or it is dead: then its connections are gone.</summary>
        public async Task<bool> WorkOrDieAsync()
        {
            while (true)
            {
                var turn = Worker.TurnAsync(Ct);
                while (!turn.IsCompleted && !_dying.Task.IsCompleted)
                {
                    _store.Clock.Advance(TimeSpan.FromSeconds(1));
                    await Task.Yield();
                }

                if (_dying.Task.IsCompleted || await turn is 0)
                {
                    await DisposeAsync();
                    return _dying.Task.IsCompleted;
                }
            }
        }

        public ValueTask DisposeAsync() => _store.DisposeAsync();
    }
}
