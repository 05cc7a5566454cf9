using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tests.Jobs;

public sealed class LeasedWorkerTests
{
    private const string Stand = "select state || ' after ' || attempt from jobs order by subject";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task Due_jobs_are_done_several_at_once_and_no_more_than_there_is_room_for(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1, 2, 3);

        var first = await office.Worker.BeginAsync(Ct);
        var second = await office.Worker.BeginAsync(Ct);
        office.AnswerAll();
        await office.Worker.DrainAsync();
        var third = await office.Worker.BeginAsync(Ct);
        office.AnswerAll();
        await office.Worker.DrainAsync();

        Assert.Equal((2, 0, 1), (first, second, third));
        Assert.Equal(["completed after 1", "completed after 1", "completed after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(3, await office.WrittenAsync());
        Assert.Empty(await office.AttemptsAsync());
    }

    [Theory, EveryEngine]
    public async Task An_answer_that_comes_after_another_has_the_job_writes_nothing(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Listens = false;
        await office.AddAsync(1);
        var other = office.Hire();
        await office.Worker.BeginAsync(Ct);
        office.Clock.Advance(Office.Lease);
        office.Clock.Advance(TimeSpan.FromSeconds(1));

        await other.BeginAsync(Ct);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await other.BeginAsync(Ct);
        office.Answer(0);
        await office.Worker.DrainAsync();
        Assert.Equal(["running after 2"], await office.Store.TextsAsync(Stand));
        Assert.Equal(0, await office.WrittenAsync());

        office.Answer(1);
        await other.DrainAsync();
        Assert.Equal(["completed after 2"], await office.Store.TextsAsync(Stand));
        Assert.Equal(1, await office.WrittenAsync());
    }

    [Theory, EveryEngine]
    public async Task What_was_put_back_while_its_end_was_being_written_is_rolled_back(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        await office.Worker.BeginAsync(Ct);
        await office.Store.WriteAsync(async session =>
        {
            var now = office.Clock.GetUtcNow();
            var lost = Assert.Single(await office.Jobs.ExpiredAsync(session, Office.Kind, now + Office.Lease, limit: 1));
            return await office.Jobs.FinishLeasedAsync(session, lost, new(JobState.Waiting, now, "lost", true), now);
        });

        office.Answer(0);
        await office.Worker.DrainAsync();

        Assert.Equal(["waiting after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(0, await office.WrittenAsync());
    }

    [Theory, EveryEngine]
    public async Task A_lease_that_ran_out_is_an_attempt_and_the_job_waits_again(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Listens = false;
        await office.AddAsync(1);
        await office.Hire().BeginAsync(Ct);

        office.Clock.Advance(Office.Lease - TimeSpan.FromMilliseconds(1));
        await office.Worker.BeginAsync(Ct);
        Assert.Equal(["running after 1"], await office.Store.TextsAsync(Stand));
        office.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await office.Worker.BeginAsync(Ct);

        Assert.Equal(["waiting after 1"], await office.Store.TextsAsync(Stand));
        var attempt = Assert.Single(await office.AttemptsAsync());
        Assert.Equal((1, JobState.Waiting), (attempt.Number, attempt.State));
        Assert.Contains("before its lease was over", attempt.Reason, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Work_that_must_not_be_done_twice_is_unknown_when_its_lease_ran_out(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Listens = false;
        office.WhenLost = new Outcome.Unknown("It may have been done.");
        await office.AddAsync(1);
        await office.Hire().BeginAsync(Ct);
        office.Clock.Advance(Office.Lease);

        await office.Worker.BeginAsync(Ct);

        Assert.Equal(["unknown after 1"], await office.Store.TextsAsync(Stand));
    }

    [Theory, EveryEngine]
    public async Task Too_early_spends_a_number_and_no_try(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        for (var i = 0; i < 20; i++)
        {
            await office.Worker.BeginAsync(Ct);
            office.Answer(i, new Outcome.Snooze(TimeSpan.FromMinutes(1)));
            await office.Worker.DrainAsync();
            Assert.Equal(0, await office.Worker.BeginAsync(Ct));
            office.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["waiting after 20"], await office.Store.TextsAsync(Stand));
        Assert.Equal(1, Assert.Single(await office.Store.WriteAsync(session => office.Jobs.LeaseAsync(
            session, Office.Kind, office.Clock.GetUtcNow(), office.Clock.GetUtcNow() + Office.Lease, limit: 1))).Try);
        Assert.Empty(await office.AttemptsAsync());
    }

    [Theory, EveryEngine]
    public async Task One_that_throws_waits_as_its_schedule_says_and_is_dead_after_its_last_try(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        var tries = 0;
        while (tries < 20 && await office.Worker.BeginAsync(Ct) is 1)
        {
            office.Fail(tries++, new InvalidOperationException("It is poisoned."));
            await office.Worker.DrainAsync();
            office.Clock.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal(office.Options.Retries.Unexpected.MaxTries, tries);
        Assert.Equal([$"dead after {tries}"], await office.Store.TextsAsync(Stand));
        Assert.All(
            await office.AttemptsAsync(),
            attempt => Assert.Equal("InvalidOperationException: It is poisoned.", attempt.Reason));
    }

    [Theory, EveryEngine]
    public async Task One_whose_end_cannot_be_written_has_failed_and_wrote_nothing_else(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        await office.Worker.BeginAsync(Ct);

        office.Answer(0, () => throw new InvalidOperationException("It cannot be written."));
        await office.Worker.DrainAsync();

        Assert.Equal(["waiting after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(0, await office.WrittenAsync());
        Assert.Equal("InvalidOperationException: It cannot be written.", Assert.Single(await office.AttemptsAsync()).Reason);
    }

    [Theory, EveryEngine]
    public async Task One_whose_failure_cannot_be_written_either_is_written_again_after_pauses(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Options.PauseWhenUnavailable = TimeSpan.Zero;
        office.Options.Retries = new() { Unexpected = new() { MaxTries = 1 } };
        office.Mourns = (_, time) => time <= 4;
        await office.AddAsync(1);
        await office.Worker.BeginAsync(Ct);

        office.Answer(0, new Outcome.GiveUp("It is of no use."));
        await office.Worker.DrainAsync();

        Assert.Equal(["dead after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(3, office.Pauses);
    }

    [Theory, EveryEngine]
    public async Task A_lost_attempt_that_cannot_be_ended_holds_up_no_other(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Listens = false;
        office.Options.Retries = new() { Unexpected = new() { MaxTries = 1 } };
        office.Mourns = (job, _) => job.Subject is 1;
        await office.AddAsync(1, 2);
        await office.Hire().BeginAsync(Ct);
        await office.AddAsync(3);
        office.Clock.Advance(Office.Lease);

        Assert.Equal(1, await office.Worker.BeginAsync(Ct));

        Assert.Equal(["running after 1", "dead after 1", "running after 1"], await office.Store.TextsAsync(Stand));
    }

    [Theory, EveryEngine]
    public async Task One_that_does_not_end_in_time_is_told_to_and_tried_again(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        await office.Worker.BeginAsync(Ct);

        office.Clock.Advance(Office.Lease * 0.8);
        await office.Worker.DrainAsync();

        Assert.Equal(["waiting after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(
            "It did not end within the attempt's time limit.", Assert.Single(await office.AttemptsAsync()).Reason);
    }

    [Theory, EveryEngine]
    public async Task One_that_does_not_listen_is_left_alone_when_its_lease_is_over(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Listens = false;
        await office.AddAsync(1);
        await office.Worker.BeginAsync(Ct);

        office.Clock.Advance(Office.Lease);
        await office.Worker.DrainAsync();

        Assert.Equal(["running after 1"], await office.Store.TextsAsync(Stand));
        await office.Worker.BeginAsync(Ct);
        Assert.Equal(["waiting after 1"], await office.Store.TextsAsync(Stand));
    }

    [Theory, EveryEngine]
    public async Task A_server_that_stops_tells_what_runs_to_leave_off_and_puts_it_back(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        await office.AddAsync(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = office.Worker.RunAsync(stop.Token);
        await office.BegunAsync(1);

        await stop.CancelAsync();
        await running;

        // A look that was under way may have taken it once more, and been told to leave off too.
        Assert.StartsWith("waiting after", Assert.Single(await office.Store.TextsAsync(Stand)), StringComparison.Ordinal);
        Assert.Empty(await office.AttemptsAsync());
    }

    [Theory, EveryEngine]
    public async Task A_ring_wakes_it(Engine engine)
    {
        await using var office = await Office.CreateAsync(engine);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        office.Options.PollInterval = TimeSpan.FromDays(100);
        var running = office.Worker.RunAsync(stop.Token);
        await office.AddAsync(1);
        office.Doorbell.Ring();

        var begun = office.BegunAsync(1);
        while (!begun.IsCompleted)
        {
            office.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(Engine.Sqlite, true)]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Postgres, true)]
    [InlineData(Engine.Postgres, false)]
    public async Task An_end_whose_commit_is_unknown_is_written_once(Engine engine, bool kept)
    {
        await using var office = await Office.CreateAsync(engine);
        office.Options.PauseWhenUnavailable = TimeSpan.Zero;
        var lossy = new LossyDatabase(office.Store.Database);
        var worker = office.Hire(lossy);
        await office.AddAsync(1);
        await worker.BeginAsync(Ct);

        lossy.Next = kept ? Loss.OfTheAnswer : Loss.OfTheWrite;
        office.Answer(0);
        await worker.DrainAsync();

        Assert.Null(lossy.Next);
        Assert.Equal(["completed after 1"], await office.Store.TextsAsync(Stand));
        Assert.Equal(1, await office.WrittenAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite, true)]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Postgres, true)]
    [InlineData(Engine.Postgres, false)]
    public async Task What_an_unknown_commit_leased_goes_on_in_the_end(Engine engine, bool kept)
    {
        await using var office = await Office.CreateAsync(engine);
        var lossy = new LossyDatabase(office.Store.Database);
        var worker = office.Hire(lossy);
        await office.AddAsync(1);

        lossy.Next = kept ? Loss.OfTheAnswer : Loss.OfTheWrite;
        await Assert.ThrowsAsync<StoreException>(() => worker.BeginAsync(Ct));
        for (var i = 0; i < 2; i++)
        {
            office.Clock.Advance(Office.Lease);
            await worker.BeginAsync(Ct);
            office.AnswerAll();
            await worker.DrainAsync();
        }

        Assert.Equal([$"completed after {(kept ? 2 : 1)}"], await office.Store.TextsAsync(Stand));
        Assert.Equal(1, await office.WrittenAsync());
    }

    /// <summary>Work that leaves the process, and comes back with what a test says.</summary>
    private sealed class Office : IAsyncDisposable
    {
        public const string Kind = "errand";
        public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

        private readonly List<TaskCompletionSource<Func<Outcome>>> _errands = [];
        private readonly CounterStore _counters;
        private int _count;
        private int _deaths;
        private int _pauses;

        private Office(TestDatabase store)
        {
            Store = store;
            Jobs = new(store.Database);
            _counters = new(store.Database);
            Worker = Hire();
        }

        public TestDatabase Store { get; }

        public ManualClock Clock => Store.Clock;

        public JobStore Jobs { get; }

        public LeasedWorker Worker { get; }

        public Doorbell Doorbell { get; } = new();

        public WorkerOptions Options { get; } = new();

        public Outcome? WhenLost { get; set; }

        /// <summary>Whether what is written at a job's death throws, the how manieth time.</summary>
        public Func<Job, int, bool>? Mourns { get; set; }

        /// <summary>How often a worker has told that it pauses.</summary>
        public int Pauses => _pauses;

        /// <summary>Whether the work leaves off when it is told to.</summary>
        public bool Listens { get; set; } = true;

        public static async Task<Office> CreateAsync(Engine engine) => new(await TestDatabase.CreateAsync(engine));

        /// <summary>Another worker of the same kind, as another node has one.</summary>
        public LeasedWorker Hire(Database? database = null) => new(
            new Handler(this),
            database ?? Store.Database,
            new JobStore(database ?? Store.Database),
            Doorbell,
            Options,
            Clock,
            new Random(1),
            new Pen(this));

        public Task<int> AddAsync(params long[] subjects) =>
            Store.WriteAsync(session => Jobs.AddAsync(session, Kind, subjects, Clock.GetUtcNow()));

        /// <summary>Has the errand that was begun as the nth come back.</summary>
        public void Answer(int nth, Outcome? outcome = null) => Answer(nth, () => outcome ?? new Outcome.Done());

        public void Answer(int nth, Func<Outcome> write) => _errands[nth].TrySetResult(write);

        public void AnswerAll() => _errands.ForEach(errand => errand.TrySetResult(() => new Outcome.Done()));

        public void Fail(int nth, Exception cause) => _errands[nth].TrySetException(cause);

        public async Task BegunAsync(int count)
        {
            while (Volatile.Read(ref _count) < count)
            {
                Ct.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        /// <summary>How often what the work writes was committed.</summary>
        public Task<long> WrittenAsync() =>
            Store.NumberAsync("select coalesce(sum(value), 0) from counters where name = 'written'");

        public async Task<List<Attempt>> AttemptsAsync()
        {
            var id = new JobId(await Store.NumberAsync("select min(id) from jobs"));
            return await Store.ReadAsync(session => Jobs.AttemptsAsync(session, id));
        }

        public ValueTask DisposeAsync() => Store.DisposeAsync();

        private sealed class Handler(Office office) : LeasedHandler
        {
            public override string Kind => Office.Kind;

            public override TimeSpan Lease => Office.Lease;

            public override int MaxAtOnce => 2;

            public override async Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct)
            {
                var errand = new TaskCompletionSource<Func<Outcome>>();
                office._errands.Add(errand);
                Interlocked.Increment(ref office._count);
                var answer = await errand.Task.WaitAsync(office.Listens ? ct : CancellationToken.None);
                return async session =>
                {
                    await office._counters.AddAsync(session, "written", 1);
                    return answer();
                };
            }

            public override Outcome Lost(Job job) => office.WhenLost ?? base.Lost(job);

            public override Task DeadAsync(Session session, Job job, string? reason) =>
                office.Mourns?.Invoke(job, Interlocked.Increment(ref office._deaths)) is true
                    ? throw new InvalidOperationException("It cannot be written.")
                    : Task.CompletedTask;
        }

        private sealed class Pen(Office office) : ILogger<LeasedWorker>
        {
            private const int Paused = 2404;

            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter)
            {
                if (eventId.Id is Paused)
                {
                    Interlocked.Increment(ref office._pauses);
                }
            }
        }
    }

    private enum Loss
    {
        OfTheAnswer,
        OfTheWrite,
    }

    /// <summary>A store that loses the answer to one commit.</summary>
    private sealed class LossyDatabase(Database inner) : Database
    {
        public Loss? Next { get; set; }

        public override string Engine => inner.Engine;

        public override Task OpenAsync(CancellationToken ct) => inner.OpenAsync(ct);

        public override async Task<Commit<T>> WriteAsync<T>(
            Turn turn, Func<Session, Task<T>> work, CancellationToken ct)
        {
            var loss = Next;
            Next = null;
            var cause = new StoreException("The answer was lost.");
            switch (loss)
            {
                case Loss.OfTheAnswer:
                    Assert.IsType<Commit<T>.Committed>(await inner.WriteAsync(turn, work, ct));
                    return new Commit<T>.Unknown(cause);
                case Loss.OfTheWrite:
                    await inner.RehearseAsync(work, ct);
                    return new Commit<T>.Unknown(cause);
                default:
                    return await inner.WriteAsync(turn, work, ct);
            }
        }

        public override Task<T> RehearseAsync<T>(Func<Session, Task<T>> work, CancellationToken ct) =>
            inner.RehearseAsync(work, ct);

        public override Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct) =>
            inner.ReadAsync(work, ct);

        public override bool IsUnavailable(Exception exception) => inner.IsUnavailable(exception);

        public override bool IsContended(Exception exception) => inner.IsContended(exception);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
