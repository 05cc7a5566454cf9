using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Holdfast.Tests.Jobs;

public sealed class JobStoreTests
{
    private static readonly Verdict Completed = new(JobState.Completed, null, null, CountsAttempt: true);
    private static readonly Verdict Dead = new(JobState.Dead, null, "hopeless", CountsAttempt: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task The_due_are_claimed_in_their_order_and_those_of_another_kind_are_not(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(3, 1);
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, "other", [1], shop.Clock.GetUtcNow()));
        await shop.Store.WriteAsync(session =>
            shop.Jobs.AddAsync(session, Workshop.Kind, [7], shop.Clock.GetUtcNow().AddSeconds(1)));
        await shop.Store.WriteAsync(session =>
            shop.Jobs.AddAsync(session, Workshop.Kind, [9], shop.Clock.GetUtcNow().AddSeconds(-1)));

        var due = await shop.Store.WriteAsync(session =>
            shop.Jobs.ClaimDueAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10));

        Assert.Equal([9, 3, 1], due.Select(job => job.Subject));
        Assert.All(due, job => Assert.Equal((1, 1, 0), (job.Attempt, job.Try, job.Alone)));
    }

    [Theory, EveryEngine]
    public async Task What_is_hastened_runs_earlier_and_what_is_due_sooner_stays(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        var now = shop.Clock.GetUtcNow();
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, Workshop.Kind, [1, 2], now.AddSeconds(9)));
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, Workshop.Kind, [3], now));

        await shop.Store.WriteAsync(session => shop.Jobs.HastenAsync(session, Workshop.Kind, [1, 3], now.AddSeconds(5)));

        Assert.Equal(now.AddSeconds(5), await shop.RunAtAsync(1));
        Assert.Equal(now.AddSeconds(9), await shop.RunAtAsync(2));
        Assert.Equal(now, await shop.RunAtAsync(3));
    }

    [Theory, EveryEngine]
    public async Task A_second_job_about_one_subject_is_refused(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);

        await Assert.ThrowsAsync<StoreException>(() => shop.AddAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_late_answer_at_an_old_attempt_changes_nothing(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var first = await ClaimAsync(shop);
        Assert.True(await FinishAsync(
            shop, first, new(JobState.Waiting, shop.Clock.GetUtcNow(), "locked", CountsAttempt: true)));

        Assert.False(await FinishAsync(shop, first, Completed));

        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(1));
        Assert.True(await FinishAsync(shop, await ClaimAsync(shop), Completed));
    }

    [Theory, EveryEngine]
    public async Task A_job_that_does_not_wait_cannot_be_finished_or_completed(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var job = await ClaimAsync(shop);
        await FinishAsync(shop, job, Dead);
        var again = await shop.Store.ReadAsync(session => shop.Jobs.FindAsync(session, job.Id));

        Assert.False(await FinishAsync(shop, again!, Completed));
        var thrown = await Assert.ThrowsAsync<StoreException>(() => CompleteAsync(shop, again!));

        Assert.Contains("1 jobs were to be completed, but 0 were waiting", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("dead after 1, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task Completing_some_that_wait_and_one_that_does_not_completes_none(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2);
        var both = await shop.Store.WriteAsync(session =>
            shop.Jobs.ClaimDueAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10));
        await FinishAsync(shop, both[1], Dead);

        await Assert.ThrowsAsync<StoreException>(() => CompleteAsync(shop, [.. both]));

        Assert.Equal("waiting after 0, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task Only_the_dead_and_the_completed_can_be_replayed(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        foreach (var state in Enum.GetValues<JobState>())
        {
            await PutAsync(shop, (int)state, state);
        }

        List<string> replayed = [];
        foreach (var state in Enum.GetValues<JobState>())
        {
            if (await shop.DeadLetters.ReplayEndedAsync(await shop.IdOfAsync((int)state), "a test", Ct))
            {
                replayed.Add(state.Name);
                Assert.Equal("waiting after 3, applied 0", await shop.StandAsync((int)state));
            }
        }

        Assert.Equal(["completed", "dead"], replayed);
    }

    [Theory, EveryEngine]
    public async Task Only_the_dead_come_back_with_a_redelivery(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        foreach (var state in Enum.GetValues<JobState>())
        {
            await PutAsync(shop, (int)state, state);
        }

        var back = 0;
        foreach (var state in Enum.GetValues<JobState>())
        {
            back += (await shop.Store.WriteAsync(session => shop.Jobs.ReplayDeadSubjectsAsync(
                session, Workshop.Kind, [(long)state], shop.Clock.GetUtcNow()))).Count;
        }

        Assert.Equal(1, back);
        Assert.Equal("waiting after 3, applied 0", await shop.StandAsync((int)JobState.Dead));
    }

    [Theory, EveryEngine]
    public async Task Only_the_dead_can_be_dismissed(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        List<string> dismissed = [];
        foreach (var state in Enum.GetValues<JobState>())
        {
            await PutAsync(shop, (int)state, state);
            if (await shop.DeadLetters.DismissAsync(await shop.IdOfAsync((int)state), "not ours", "a test", Ct))
            {
                dismissed.Add(state.Name);
            }
        }

        Assert.Equal(["dead"], dismissed);
        Assert.Equal(
            ["a test dismiss not ours"], await shop.Store.TextsAsync("select actor || ' ' || action || ' ' || why from audit"));
    }

    [Theory, EveryEngine]
    public async Task A_replay_by_filter_takes_the_newest_up_to_its_limit_and_tells_what_is_left(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2, 3, 4);
        shop.Fates[1] = _ => Task.FromResult<Outcome>(new Outcome.GiveUp("It has no id."));
        shop.Fates[2] = shop.Fates[3] = shop.Fates[4] =
            _ => Task.FromResult<Outcome>(new Outcome.GiveUp("It has no status."));
        await shop.TurnAsync();
        var filter = new DeadLetterFilter { Kind = Workshop.Kind, Fingerprint = Fingerprint.Of("It has no status.") };

        Assert.Equal((2, 1L), await shop.DeadLetters.ReplayAsync(filter, limit: 2, "a test", Ct));

        Assert.Equal("dead after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("dead after 1, applied 1", await shop.StandAsync(2));
        Assert.Equal("waiting after 1, applied 1", await shop.StandAsync(3));
        Assert.Equal("waiting after 1, applied 1", await shop.StandAsync(4));
    }

    [Theory, EveryEngine]
    public async Task A_replay_rings_the_doorbell(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await PutAsync(shop, 1, JobState.Dead);

        await shop.DeadLetters.ReplayAsync(await shop.IdOfAsync(1), "a test", Ct);

        Assert.True(shop.Doorbell.WaitAsync(TimeSpan.FromHours(1), shop.Clock, Ct).IsCompletedSuccessfully);
    }

    [Theory, EveryEngine]
    public async Task The_counts_tell_what_is_open_due_dead_and_unknown(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        foreach (var state in Enum.GetValues<JobState>())
        {
            await PutAsync(shop, (int)state, state);
        }

        var since = shop.Clock.GetUtcNow();
        await shop.Store.WriteAsync(session => shop.Jobs.AddAsync(session, Workshop.Kind, [100], since.AddHours(1)));

        var counts = await shop.Store.ReadAsync(session => shop.Jobs.CountsAsync(session, since));

        // Waiting, waiting for later, running, unknown.
        Assert.Equal([new JobCount(Workshop.Kind, Open: 4, Due: 1, Dead: 1, Unknown: 1, since)], counts);
    }

    [Theory]
    [InlineData(
        "one_job_per_subject", "('test', 1, 'dead', 0, 0, null, 5, null, null), ('test', 1, 'dead', 0, 0, null, 5, null, null)")]
    [InlineData("state_is_known", "('test', 1, 'done', 0, 0, null, 5, null, null)")]
    [InlineData("only_waiting_has_run_at", "('test', 1, 'waiting', 0, 0, null, null, null, null)")]
    [InlineData("only_waiting_has_run_at", "('test', 1, 'dead', 0, 0, 5, 5, null, null)")]
    [InlineData("only_ended_has_ended_at", "('test', 1, 'waiting', 0, 0, 5, 5, null, null)")]
    [InlineData("only_ended_has_ended_at", "('test', 1, 'running', 0, 0, null, 5, null, 5)")]
    [InlineData("only_ended_has_ended_at", "('test', 1, 'completed', 0, 0, null, null, null, null)")]
    [InlineData("retries_follow_attempts", "('test', 1, 'waiting', 1, 2, 5, null, null, null)")]
    [InlineData("dismissed_for_a_reason", "('test', 1, 'dismissed', 0, 0, null, 5, null, null)")]
    [InlineData("dismissed_for_a_reason", "('test', 1, 'dead', 0, 0, null, 5, 'a reason', null)")]
    public async Task A_row_that_cannot_be_is_refused_by_the_table_itself(string constraint, string rows)
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);

        var commit = await store.Database.WriteAsync(Turn.Work, session => InsertAsync(session, rows), Ct);

        var cause = Assert.IsType<SqliteException>(Assert.IsType<Commit<int>.RolledBack>(commit).Cause);
        Assert.Contains(
            constraint is "one_job_per_subject" ? "UNIQUE constraint failed: jobs.kind, jobs.subject" : constraint,
            cause.Message,
            StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Every_state_has_a_row_that_can_be(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        foreach (var state in Enum.GetValues<JobState>())
        {
            await PutAsync(shop, (int)state, state);
        }

        Assert.Equal(
            Enum.GetValues<JobState>().Select(state => state.Name).Order(),
            await shop.Store.TextsAsync("select state from jobs order by state"));
    }

    [Fact]
    public void Every_state_is_read_as_it_is_written() => Assert.All(
        Enum.GetValues<JobState>(), state => Assert.Equal(state, JobState.Parse(state.Name)));

    private static async Task<Job> ClaimAsync(Workshop shop) => Assert.Single(await shop.Store.WriteAsync(session =>
        shop.Jobs.ClaimDueAsync(session, Workshop.Kind, shop.Clock.GetUtcNow(), limit: 10)));

    private static Task<bool> FinishAsync(Workshop shop, Job job, Verdict verdict) =>
        shop.Store.WriteAsync(session => shop.Jobs.FinishAsync(session, job, verdict, shop.Clock.GetUtcNow()));

    private static Task<bool> CompleteAsync(Workshop shop, params Job[] jobs) => shop.Store.WriteAsync(async session =>
    {
        await shop.Jobs.CompleteAsync(session, jobs, shop.Clock.GetUtcNow());
        return true;
    });

    /// <summary>Puts a job of three attempts into a state, past the guards that lead there.</summary>
    private static Task<int> PutAsync(Workshop shop, int subject, JobState state)
    {
        var clock = shop.Clock.GetUtcNow();
        var now = shop.Store.Say($"{clock.ToUnixTimeMilliseconds()}", $"'{clock:O}'::timestamptz");
        var none = shop.Store.Say("null", "null::timestamptz");
        var runAt = state is JobState.Waiting ? now : none;
        var lease = state is JobState.Running ? now : none;
        var endedAt = state is JobState.Waiting or JobState.Running ? none : now;
        var reason = state is JobState.Dismissed ? "'not ours'" : "null";
        return shop.Store.WriteAsync(session =>
            InsertAsync(session, $"('test', {subject}, '{state.Name}', 3, 0, {runAt}, {endedAt}, {reason}, {lease})", now));
    }

    private static Task<int> InsertAsync(Session session, string rows, string createdAt = "0") => session.RunAsync(
        $"""
        insert into jobs (
            kind, subject, state, attempt, retries_from, run_at, ended_at, dismissed_for, lease_until, created_at)
        select column1, column2, column3, column4, column5, column6, column7, column8, column9, {createdAt}
        from (values {rows}) as given
        """);
}
