using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Jobs;

/// <summary>How nodes know of each other's lives, and what they do about a death.</summary>
public sealed class HeartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task It_beats_every_second_until_it_is_stopped(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var node = new Life(store, "a");
        await node.Worker.StartAsync(Ct);
        using var stop = new CancellationTokenSource();

        var beating = node.Heart.RunAsync(stop.Token);
        for (var beat = 1; beat <= 3; beat++)
        {
            store.Clock.Advance(Heart.Interval);
            while ((await NodesAsync(store))[0].SeenAt < store.Clock.GetUtcNow())
            {
                Ct.ThrowIfCancellationRequested();
            }
        }

        await stop.CancelAsync();
        await beating;
        Assert.Equal(["a alive"], await StatesAsync(store));
    }

    [Theory, EveryEngine]
    public async Task Before_the_node_has_begun_it_does_not_beat(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var node = new Life(store, "a");

        await node.Heart.BeatAsync(Ct);

        Assert.Empty(await StatesAsync(store));
    }

    [Theory, EveryEngine]
    public async Task A_beat_that_the_store_does_not_take_is_left_to_the_next(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var node = new Life(store, "a");
        await node.Worker.StartAsync(Ct);
        store.Clock.Advance(Heart.Interval);
        await store.Database.DisposeAsync();

        await node.Heart.BeatAsync(Ct);

        await store.RestartAsync();
        var seen = Assert.Single(await NodesAsync(store));
        Assert.Equal(seen.StartedAt, seen.SeenAt);
    }

    [Fact]
    public async Task The_owner_of_a_file_loses_nobody_to_silence()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        var node = new Life(store, "a");
        await node.Worker.StartAsync(Ct);
        store.Clock.Advance(TimeSpan.FromHours(1));

        await node.Heart.BeatAsync(Ct);

        Assert.Equal(["a alive"], await StatesAsync(store));
    }

    [Fact]
    public async Task Of_those_who_notice_a_death_one_runs_what_was_due_alone_and_the_others_go_on()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var (lost, first, second) = (new Life(store, "a"), new Life(store, "b"), new Life(store, "c"));
        await StartAsync(lost, first, second);
        await WatchAsync(store, first, second);
        await AddAsync(store, 1, 2);
        store.Clock.Advance(Heart.Interval);

        await first.Heart.BeatAsync(Ct);
        await second.Heart.BeatAsync(Ct);
        await AddAsync(store, 3, 4);
        await first.Worker.TurnAsync(Ct);
        await second.Worker.TurnAsync(Ct);

        Assert.Equal([[1]], first.Calls);
        Assert.Equal([[2, 3, 4]], second.Calls);
        Assert.Equal(["c alive", "b alive", "a lost"], await StatesAsync(store));
    }

    [Fact]
    public async Task Who_was_not_there_all_the_time_takes_nobody_for_lost()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var (other, back) = (new Life(store, "a"), new Life(store, "b"));
        await StartAsync(other, back);

        // As after the database itself was away: nobody's beat has been written for long.
        store.Clock.Advance(TimeSpan.FromMinutes(5));
        await back.Heart.BeatAsync(Ct);
        store.Clock.Advance(Heart.Interval);
        await back.Heart.BeatAsync(Ct);

        Assert.Equal(["b alive", "a late"], await StatesAsync(store));
    }

    [Fact]
    public async Task A_node_that_was_taken_for_lost_goes_on_as_a_new_life_once_it_is_back()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var (frozen, other) = (new Life(store, "a"), new Life(store, "b"));
        await StartAsync(frozen, other);
        var before = frozen.Node.Id;
        await WatchAsync(store, other);
        store.Clock.Advance(Heart.Interval);
        await other.Heart.BeatAsync(Ct);
        await AddAsync(store, 1);

        await frozen.Heart.BeatAsync(Ct);

        Assert.NotEqual(before, frozen.Node.Id);
        Assert.Equal(["a alive", "b alive", "a lost"], await StatesAsync(store));
        await frozen.Heart.BeatAsync(Ct);
        Assert.Equal(3, (await NodesAsync(store)).Count);
        await frozen.Worker.TurnAsync(Ct);
        Assert.Equal([[1]], frozen.Calls);
    }

    [Fact]
    public async Task A_node_whose_former_life_died_a_moment_ago_waits_to_see_it_beat_and_then_is_careful()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var (dead, next) = (new Life(store, "a"), new Life(store, "a"));
        await StartAsync(dead);
        await AddAsync(store, 1, 2);

        var starting = next.Worker.StartAsync(Ct);
        Assert.False(starting.IsCompleted);
        await UntilStartedAsync(store, starting, () => Task.CompletedTask);
        await next.Worker.TurnAsync(Ct);
        await next.Worker.TurnAsync(Ct);

        Assert.Equal([[1], [2]], next.Calls);
        Assert.Equal(["a lost"], (await StatesAsync(store)).Skip(1));
    }

    [Fact]
    public async Task A_neighbour_of_the_same_name_that_beats_is_nobodys_former_life()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var (neighbour, next) = (new Life(store, "a"), new Life(store, "a"));
        await StartAsync(neighbour);
        await AddAsync(store, 1, 2);

        await UntilStartedAsync(store, next.Worker.StartAsync(Ct), () => neighbour.Heart.BeatAsync(Ct));
        await next.Worker.TurnAsync(Ct);

        Assert.Equal([[1, 2]], next.Calls);
        Assert.False((await NodesAsync(store)).Single(node => node.Id == neighbour.Node.Id).Lost);
    }

    /// <summary>Lets these beat until they have just watched for long enough to tell at their next beat who is lost.</summary>
    private static async Task WatchAsync(TestDatabase store, params Life[] nodes)
    {
        for (var beat = TimeSpan.Zero; beat <= Node.LostAfter; beat += Heart.Interval)
        {
            store.Clock.Advance(Heart.Interval);
            foreach (var node in nodes)
            {
                await node.Heart.BeatAsync(Ct);
            }
        }
    }

    /// <summary>Moves the clock on by beats until a start that waits for them is through.</summary>
    private static async Task UntilStartedAsync(TestDatabase store, Task starting, Func<Task> beat)
    {
        while (!starting.IsCompleted)
        {
            await beat();
            await Task.Yield();
            store.Clock.Advance(Heart.Interval);
        }

        await starting;
    }

    private static async Task StartAsync(params Life[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.Worker.StartAsync(Ct);
        }
    }

    private static Task<int> AddAsync(TestDatabase store, params long[] subjects) => store.WriteAsync(session =>
        new JobStore(store.Database).AddAsync(session, Workshop.Kind, subjects, store.Clock.GetUtcNow()));

    private static Task<List<Node>> NodesAsync(TestDatabase store) => store.ReadAsync(session =>
        new NodeStore(store.Database).ListAsync(session, before: null, limit: 100));

    /// <summary>Each life as its name and state, from the newest on.</summary>
    private static async Task<IEnumerable<string>> StatesAsync(TestDatabase store) =>
        (await NodesAsync(store)).Select(node => $"{node.Name} {node.StateAt(store.Clock.GetUtcNow())}");

    /// <summary>One life of a node: its heart, its worker, and the batches that it was given.</summary>
    private sealed class Life : BatchHandler
    {
        public Life(TestDatabase store, string name)
        {
            Node = new(name, "0");
            var (jobs, nodes, options) = (new JobStore(store.Database), new NodeStore(store.Database), new WorkerOptions());
            Worker = new(
                this,
                store.Database,
                jobs,
                nodes,
                Node,
                new Doorbell(),
                new AttemptWatch(store.Clock),
                options,
                store.Clock,
                new Random(1),
                NullLogger<Worker>.Instance);
            Heart = new(
                store.Database, nodes, Node, jobs, this, Worker, options, store.Clock, NullLogger<Heart>.Instance);
        }

        public ThisNode Node { get; }

        public Worker Worker { get; }

        public Heart Heart { get; }

        public List<long[]> Calls { get; } = [];

        public override string Kind => Workshop.Kind;

        public override Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
        {
            Calls.Add([.. jobs.Select(job => job.Subject)]);
            return Task.FromResult<IReadOnlyList<Outcome>>([.. jobs.Select(_ => new Outcome.Done())]);
        }
    }
}
