using Holdfast.Audit;
using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Jobs;

/// <summary>A worker over a store of its own, whose jobs do what a test says.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    public const string Kind = "test";

    private TaskCompletionSource _dying = new();
    private int _hangs;

    private Workshop(TestDatabase store, WorkerOptions options)
    {
        Store = store;
        Options = options;
        Build();
    }

    public TestDatabase Store { get; }

    public WorkerOptions Options { get; }

    public ManualClock Clock => Store.Clock;

    public Doorbell Doorbell { get; } = new();

    /// <summary>What befalls the job of a subject; those not named are done.</summary>
    public Dictionary<long, Func<Job, Task<Outcome>>> Fates { get; } = [];

    /// <summary>The subjects of each call of the handler, the ones that failed too.</summary>
    public List<long[]> Calls { get; } = [];

    public List<long> Committed { get; } = [];

    public JobStore Jobs { get; private set; } = null!;

    public Worker Worker { get; private set; } = null!;

    public AttemptWatch Watch { get; private set; } = null!;

    public DeadLetters DeadLetters { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Workshop> CreateAsync(Engine engine, WorkerOptions? options = null) =>
        new(await TestDatabase.CreateAsync(engine), options ?? new());

    public Task AddAsync(params long[] subjects) =>
        Store.WriteAsync(session => Jobs.AddAsync(session, Kind, subjects, Clock.GetUtcNow()));

    public Task<int> TurnAsync() => Worker.TurnAsync(Ct);

    /// <summary>Ends with whatever is running, without a word, as a process that is killed.</summary>
    public async Task DieAsync()
    {
        await Store.RestartAsync();
        Build();
    }

    /// <summary>The fate of a job that takes the process down: its turn never ends.</summary>
    public Task<Outcome> KillTheProcess(Job job)
    {
        _dying.SetResult();
        return new TaskCompletionSource<Outcome>().Task;
    }

    /// <summary>Works until nothing is due, or until a job has killed the process; then all is built anew.</summary>
    /// <returns>True when it died.</returns>
    public async Task<bool> WorkOrDieAsync()
    {
        _dying = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            var turn = TurnAsync();
            if (await Task.WhenAny(turn, _dying.Task) != turn)
            {
                await DieAsync();
                return true;
            }

            if (await turn is 0)
            {
                return false;
            }
        }
    }

    /// <summary>The fate of a job that never ends.</summary>
    public Task<Outcome> Hang(Job job)
    {
        Interlocked.Increment(ref _hangs);
        return new TaskCompletionSource<Outcome>().Task;
    }

    /// <summary>Moves the clock on whenever a job hangs, and only then, until the turn is over.</summary>
    public async Task CutOffAsync(Task turn)
    {
        var cutOff = 0;
        while (!turn.IsCompleted)
        {
            var hangs = Volatile.Read(ref _hangs);
            if (hangs > cutOff)
            {
                Clock.Advance(Options.AttemptTimeout);
                cutOff = Watch.BusyFor > TimeSpan.Zero ? cutOff : hangs;
            }

            await Task.Yield();
        }

        await turn;
    }

    /// <summary>Moves the clock on until what is waited for has happened, though never under a job that runs.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> end, TimeSpan step)
    {
        while (!end.IsCompleted)
        {
            if (Watch.BusyFor == TimeSpan.Zero)
            {
                Clock.Advance(step);
            }

            await Task.Yield();
        }

        return await end;
    }

    /// <summary>How each subject's job stands: its state, its attempts, and how often its work was committed.</summary>
    public async Task<string> StandAsync(long subject) => Assert.Single(await Store.TextsAsync(
        $"""
        select state || ' after ' || attempt || ', applied '
            || coalesce((select sum(value) from counters where name = 'applied ' || subject), 0)
        from jobs
        where subject = {subject}
        """));

    public async Task<DateTimeOffset> RunAtAsync(long subject) => DateTimeOffset.FromUnixTimeMilliseconds(
        await Store.NumberAsync($"select run_at from jobs where subject = {subject}"));

    public async Task<List<Attempt>> AttemptsAsync(long subject)
    {
        var id = await IdOfAsync(subject);
        return await Store.ReadAsync(session => Jobs.AttemptsAsync(session, id));
    }

    public async Task<JobId> IdOfAsync(long subject) =>
        new(await Store.NumberAsync($"select id from jobs where subject = {subject}"));

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private void Build()
    {
        Jobs = new(Store.Database);
        Watch = new(Clock);
        Worker = new(
            new Handler(this, new CounterStore(Store.Database)),
            Store.Database,
            Jobs,
            new NodeStore(Store.Database),
            new ThisNode("test", "0"),
            Doorbell,
            Watch,
            Options,
            Clock,
            new Random(1),
            NullLogger<Worker>.Instance);
        DeadLetters = new(
            Store.Database, Jobs, new DeadLetterStore(Store.Database), new AuditStore(Store.Database, Clock), Doorbell, Clock);
    }

    /// <summary>Writes a count for each job before it meets its fate, so that what was applied can be told.</summary>
    private sealed class Handler(Workshop shop, CounterStore counters) : BatchHandler
    {
        public override string Kind => Workshop.Kind;

        public override async Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
        {
            shop.Calls.Add([.. jobs.Select(job => job.Subject)]);
            var outcomes = new List<Outcome>();
            foreach (var job in jobs)
            {
                await counters.AddAsync(session, $"applied {job.Subject}", 1);
                var outcome = shop.Fates.TryGetValue(job.Subject, out var fate) ? await fate(job) : new Outcome.Done();

                // A fate without an outcome makes a handler that forgets a job.
                if (outcome is not null)
                {
                    outcomes.Add(outcome);
                }
            }

            return outcomes;
        }

        public override void OnCommitted(IReadOnlyList<Job> jobs) => shop.Committed.AddRange(jobs.Select(job => job.Subject));
    }
}
