using Holdfast.Alerts;
using Holdfast.Audit;
using Holdfast.Ingest;
using Holdfast.Jobs;
using Holdfast.Nodes;
using Holdfast.Storage;
using Holdfast.Telemetry;
using Holdfast.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Storage;

/// <summary>
/// The connection is lost at the n-th message of what a node does beside deliveries and their jobs: for every n that
/// there is, or for every seventh where there are hundreds. It is done again until it says that it is done; then the
/// store is as it would have been without a fault.
/// </summary>
public sealed class PostgresFaultTests
{
    private const string Kind = "test";
    private const int MaxMessages = 600;

    /// <summary>What a store holds, without numbers and moments.</summary>
    private const string State =
        """
        select what from (
            select 'job ' || subject || ' ' || state || ' after ' || attempt || ', alone ' || alone as what from jobs
            union all
            select 'attempt ' || attempt || ' ' || state from attempts
            union all
            select 'counter ' || name || ' ' || sum(value) from counters group by name
            union all
            select 'audit ' || action || ' ' || count(*) from audit group by action
            union all
            select 'node ' || name || ' ' || lost || (ended_at is null) || (seen_at > now() - interval '1 hour') from nodes
            union all
            select 'refusal ' || cause || ' ' || count(*) from refusals group by cause
            union all
            select 'alert ' || kind || ' ' || subject || ' ' || (cleared_at is null) from alerts
            union all
            select 'event ' || event_id from events
            union all
            select 'id ' || event_id from event_ids
            union all
            select 'table ' || inhrelid::regclass from pg_inherits
            union all
            select 'step ' || name from migrations) as state
        order by 1
        """;

    /// <summary>A month whose time is over, with one event, and none of the next one.</summary>
    private const string OldMonth =
        """
        set search_path = holdfast;
        drop table if exists events_2020_01, ended_jobs_2020_01;
        create table events_2020_01 partition of events
            for values from (first_id_at('2020-01-01Z')) to (first_id_at('2020-02-01Z'));
        create table ended_jobs_2020_01 partition of ended_jobs
            for values from (first_id_at('2020-01-01Z')) to (first_id_at('2020-02-01Z'));
        insert into event_ids (id, event_id, livemode, stripe_account, deliveries, last_delivery_at)
        values (first_id_at('2020-01-02Z'), 'evt_old', true, '', 1, '2020-01-02Z');
        insert into events (
            id, event_id, livemode, stripe_account, type, created, received_at, endpoint, correlation, hash, body)
        values (
            first_id_at('2020-01-02Z'), 'evt_old', true, '', 't', '2020-01-02Z', '2020-01-02Z', 'default', '', '', '');
        insert into jobs (id, kind, subject, state, attempt, created_at, ended_at)
        select id, 'event', id, 'completed', 1, '2020-01-02Z', '2020-01-02Z' from events;
        alter table events_2020_01 owner to holdfast;
        alter table ended_jobs_2020_01 owner to holdfast;
        do $$
        declare
            later text;
        begin
            for later in
                select c.oid::regclass from pg_class c
                where c.relkind = 'r' and c.relname = 'events_' || to_char(now() + interval '1 month', 'YYYY_MM')
            loop
                execute 'drop table ' || later;
            end loop;
        end
        $$;
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(StartAsync), 7)]
    [InlineData(nameof(BeginAsync), 1)]
    [InlineData(nameof(BeatAsync), 1)]
    [InlineData(nameof(RunSuspectAsync), 1)]
    [InlineData(nameof(RecordAsync), 1)]
    [InlineData(nameof(RefuseAsync), 1)]
    [InlineData(nameof(ReplayAsync), 1)]
    [InlineData(nameof(ReplayManyAsync), 1)]
    [InlineData(nameof(DismissAsync), 1)]
    [InlineData(nameof(LeaseAsync), 1)]
    [InlineData(nameof(RunLeasedAsync), 1)]
    [InlineData(nameof(EndAsync), 1)]
    [InlineData(nameof(LookAfterAsync), 7)]
    public async Task A_connection_lost_at_whatever_message_changes_nothing_in_what_is_there_in_the_end(string what, int stride)
    {
        await using var store = await RemoteStore.CreateAsync();
        var expected = await DoAsync(store, what, nth: null);
        Assert.NotEqual(await SeedAsync(store, what), what is nameof(StartAsync) ? [] : expected.Lines);

        var nth = 1;
        while (await DoAsync(store, what, nth) is { WasLost: true } done)
        {
            Assert.True(expected.Lines.SequenceEqual(done.Lines), $"after message {nth}: {string.Join('\n', done.Lines)}");
            nth += stride;
        }

        Assert.InRange(nth, 5, MaxMessages);
    }

    /// <returns>What is there in the end, and whether there was an n-th message.</returns>
    private static async Task<(List<string> Lines, bool WasLost)> DoAsync(RemoteStore store, string what, int? nth)
    {
        await SeedAsync(store, what);
        var node = new Node(store.Database);
        await OpenConnectionsAsync(store);
        var (seen, wasLost) = (0, false);
        store.Way.Rule = _ =>
        {
            if (wasLost || ++seen != nth)
            {
                return new ProxyAction.Forward();
            }

            wasLost = true;
            return new ProxyAction.Cut();
        };
        while (!await IsDoneAsync(node, what, store))
        {
            Ct.ThrowIfCancellationRequested();
        }

        store.Way.Rule = TcpProxy.Forward;
        if (what is nameof(LookAfterAsync))
        {
            // What cannot be done in one round is done in the next.
            await LookAfterAsync(node);
        }

        return (await LinesAsync(store), wasLost);
    }

    /// <returns>False when it has to be done again.</returns>
    private static async Task<bool> IsDoneAsync(Node node, string what, RemoteStore store)
    {
        try
        {
            return await (what switch
            {
                nameof(StartAsync) => StartAsync(store),
                nameof(BeginAsync) => BeginAsync(node),
                nameof(BeatAsync) => BeatAsync(node),
                nameof(RunSuspectAsync) => RunSuspectAsync(node),
                nameof(RecordAsync) => RecordAsync(node),
                nameof(RefuseAsync) => RefuseAsync(node),
                nameof(ReplayAsync) => ReplayAsync(node),
                nameof(ReplayManyAsync) => ReplayManyAsync(node),
                nameof(DismissAsync) => DismissAsync(node),
                nameof(LeaseAsync) => LeaseAsync(node),
                nameof(RunLeasedAsync) => RunLeasedAsync(node),
                nameof(EndAsync) => EndAsync(node),
                nameof(LookAfterAsync) => LookAfterAsync(node),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
        catch (Exception exception) when (exception is StoreException or StoreRefusedException)
        {
            return false;
        }
    }

    private static async Task<bool> StartAsync(RemoteStore store)
    {
        await using var database = new PostgresDatabase(
            PostgresAddress.Parse(store.Server.Url(store.Name, store.Way.Port)),
            TimeProvider.System,
            NullLogger<PostgresDatabase>.Instance);
        await database.OpenAsync(Ct);
        return true;
    }

    private static async Task<bool> BeginAsync(Node node)
    {
        await node.Worker.StartAsync(Ct);
        return true;
    }

    private static async Task<bool> BeatAsync(Node node)
    {
        await node.LiveAsync();
        return await node.Database.WriteAsync(
            Turn.Work,
            session => node.Nodes.BeatAsync(session, node.This.Id, TimeProvider.System.GetUtcNow()),
            Ct) is Commit<bool>.Committed;
    }

    private static async Task<bool> RunSuspectAsync(Node node)
    {
        if (!node.Suspects)
        {
            node.Worker.RunAlone([new(new(await node.IdAsync("select id from jobs where subject = 1")), 0)]);
            node.Suspects = true;
        }

        await node.Worker.TurnAsync(Ct);
        return await node.IdAsync("select count(*) from ended_jobs where subject = 1") is 1;
    }

    private static async Task<bool> RecordAsync(Node node)
    {
        node.Throws = 1;
        await node.Worker.TurnAsync(Ct);
        return await node.IdAsync("select count(*) from attempts") is 1;
    }

    private static async Task<bool> RefuseAsync(Node node)
    {
        if (!node.Suspects)
        {
            node.Suspects = true;
            node.Refusals.Add(new()
            {
                At = TimeProvider.System.GetUtcNow(),
                Endpoint = "default",
                Cause = RefusalCause.BadSignature,
                Correlation = "test",
                RemoteAddress = null,
                Facts = "{}",
            });
        }

        await node.Refusals.FlushAsync();
        return await node.IdAsync("select count(*) from refusals") is 1;
    }

    private static async Task<bool> ReplayAsync(Node node)
    {
        await node.Letters.ReplayAsync(new(await node.IdAsync("select id from jobs where subject = 3")), "a test", Ct);
        return true;
    }

    private static async Task<bool> ReplayManyAsync(Node node)
    {
        await node.Letters.ReplayAsync(new DeadLetterFilter(), 10, "a test", Ct);
        return true;
    }

    private static async Task<bool> DismissAsync(Node node)
    {
        var id = new JobId(await node.IdAsync("select id from jobs where subject = 3"));
        await node.Letters.DismissAsync(id, "a reason", "a test", Ct);
        return true;
    }

    private static async Task<bool> LeaseAsync(Node node)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (node.Leased is not { } leased)
        {
            var commit = await node.Database.WriteAsync(
                Turn.Work, session => node.Jobs.LeaseAsync(session, Kind, now, now.AddHours(1), limit: 1), Ct);
            node.Leased = commit.OrThrow()[0];
            return false;
        }

        if (!node.IsExtended)
        {
            node.IsExtended = (await node.Database.WriteAsync(
                Turn.Work, session => node.Jobs.ExtendAsync(session, leased, now, now.AddHours(2)), Ct)).OrThrow();
            return false;
        }

        var verdict = new Verdict(JobState.Completed, RunAt: null, Reason: null, CountsAttempt: true);
        return (await node.Database.WriteAsync(
            Turn.Work, session => node.Jobs.FinishLeasedAsync(session, leased, verdict, now), Ct)).OrThrow();
    }

    private static async Task<bool> RunLeasedAsync(Node node)
    {
        await node.LeasedWorker.BeginAsync(Ct);
        await node.LeasedWorker.DrainAsync();
        return await node.IdAsync("select count(*) from ended_jobs where subject = 1") is 1;
    }

    private static async Task<bool> EndAsync(Node node)
    {
        await node.LiveAsync();
        await node.Worker.RunAsync(new(canceled: true));
        return await node.IdAsync("select count(*) from nodes where ended_at is null") is 0;
    }

    private static async Task<bool> LookAfterAsync(Node node)
    {
        await node.Upkeeper.RunOnceAsync(Ct);
        return true;
    }

    /// <summary>Jobs that wait and one that is dead, a node that ended long ago, what sessions counted.</summary>
    private static async Task<List<string>> SeedAsync(RemoteStore store, string what)
    {
        await store.ExecuteAsync(
            $"""
            set search_path = holdfast;
            delete from events;
            delete from event_ids;
            delete from jobs;
            delete from attempts;
            delete from counters;
            delete from audit;
            delete from nodes;
            delete from refusals;
            delete from alerts;
            insert into jobs (id, kind, subject, state, attempt, run_at, created_at, ended_at) values
                (1, '{Kind}', 1, 'waiting', 0, now() - interval '1 hour', now(), null),
                (2, 'other', 2, 'waiting', 0, now(), now(), null),
                (3, '{Kind}', 3, 'dead', 1, null, now(), now());
            insert into nodes (name, version, started_at, seen_at, ended_at) values
                ('ended', '0', now() - interval '1 year', now() - interval '1 year', now() - interval '1 year'),
                ('alive', '0', now() - interval '2 hours', now() - interval '2 hours', null);
            insert into counters (name, shard, value) values ('counted', 999999, 3), ('counted', 0, 4);
            insert into alerts (kind, subject, message, first_at, last_at) values ('dead_rows', 'gone', '', now(), now());
            """);
        if (what is nameof(LookAfterAsync))
        {
            await store.ExecuteAsync(OldMonth);
        }

        return await LinesAsync(store);
    }

    private static Task<List<string>> LinesAsync(RemoteStore store) =>
        store.Server.AskAsync<string>(store.Name, $"set search_path = holdfast; {State}");

    private static async Task OpenConnectionsAsync(RemoteStore store)
    {
        while (await store.WriteAsync(session => session.AskAsync("select 1")) is not Commit<List<string>>.Committed)
        {
            Ct.ThrowIfCancellationRequested();
        }

        await store.Database.ReadAsync(session => session.AskAsync("select 1"), Ct);
    }

    /// <summary>The parts of a node, whose jobs count that they were run.</summary>
    private sealed class Node : BatchHandler
    {
        private readonly CounterStore _counters;
        private readonly WorkerOptions _options = new()
        {
            PauseWhenUnavailable = TimeSpan.Zero,
            PauseWhenContended = TimeSpan.Zero,
        };

        public Node(PostgresDatabase database)
        {
            Database = database;
            _counters = new(database);
            var clock = TimeProvider.System;
            (Jobs, Nodes) = (new(database), new(database));
            Worker = new(
                this,
                database,
                Jobs,
                Nodes,
                This,
                new Doorbell(),
                new AttemptWatch(clock),
                _options,
                clock,
                new Random(1),
                NullLogger<Worker>.Instance);
            LeasedWorker = new(
                new Errand(_counters),
                database,
                Jobs,
                new Doorbell(),
                _options,
                clock,
                new Random(1),
                NullLogger<LeasedWorker>.Instance);
            Letters = new(
                database, Jobs, new DeadLetterStore(database), new AuditStore(database, clock), new Doorbell(), clock);
            Refusals = new(
                database, new RefusalStore(database), _counters, clock, NullLogger<RefusalLog>.Instance);
            Upkeeper = new(
                database,
                new UpkeepStore(database),
                new AlertStore(database),
                Nodes,
                new RetentionOptions { Events = TimeSpan.FromDays(100) },
                clock,
                NullLogger<Upkeeper>.Instance);
        }

        public PostgresDatabase Database { get; }

        public ThisNode This { get; } = new("test", "0");

        public JobStore Jobs { get; }

        public NodeStore Nodes { get; }

        public Worker Worker { get; }

        public LeasedWorker LeasedWorker { get; }

        public DeadLetters Letters { get; }

        public RefusalLog Refusals { get; }

        public Upkeeper Upkeeper { get; }

        public bool Suspects { get; set; }

        public long? Throws { get; set; }

        public Job? Leased { get; set; }

        public bool IsExtended { get; set; }

        public override string Kind => PostgresFaultTests.Kind;

        public Task<long> IdAsync(string sql) =>
            Database.ReadAsync(session => session.NumberAsync(new Statement("Test", sql)), Ct);

        /// <summary>Takes the life that is there for its own.</summary>
        public async Task LiveAsync()
        {
            if (This.Id is 0)
            {
                This.Id = await IdAsync("select id from nodes where ended_at is null");
            }
        }

        public override async Task<IReadOnlyList<Outcome>> ApplyAsync(Session session, IReadOnlyList<Job> jobs)
        {
            foreach (var job in jobs)
            {
                await _counters.AddAsync(session, $"applied {job.Subject}", 1);
                if (job.Subject == Throws)
                {
                    throw new InvalidOperationException("It is poisoned.");
                }
            }

            return [.. jobs.Select(_ => new Outcome.Done())];
        }
    }

    /// <summary>Work that leaves the process, and counts at its end that it was done.</summary>
    private sealed class Errand(CounterStore counters) : LeasedHandler
    {
        public override string Kind => PostgresFaultTests.Kind;

        public override TimeSpan Lease => TimeSpan.FromMinutes(10);

        public override int MaxAtOnce => 1;

        public override Task<Func<Session, Task<Outcome>>> RunAsync(Job job, CancellationToken ct) =>
            Task.FromResult<Func<Session, Task<Outcome>>>(async session =>
            {
                await counters.AddAsync(session, $"done {job.Subject}", 1);
                return new Outcome.Done();
            });
    }
}
