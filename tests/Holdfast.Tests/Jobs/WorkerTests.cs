using Holdfast.Jobs;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

public sealed class WorkerTests
{
    private static readonly Func<Job, Task<Outcome>> Throws = _ => throw new InvalidOperationException("It is poisoned.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task A_turn_applies_one_batch_of_what_is_due_in_one_transaction(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine, new() { BatchSize = 2 });
        await shop.AddAsync(1, 2, 3);

        Assert.Equal(2, await shop.TurnAsync());
        Assert.Equal(1, await shop.TurnAsync());
        Assert.Equal(0, await shop.TurnAsync());

        Assert.Equal([[1, 2], [3]], shop.Calls);
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(3));
        Assert.Equal([1, 2, 3], shop.Committed);
    }

    [Theory, EveryEngine]
    public async Task A_first_success_leaves_no_attempt_behind(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);

        await shop.TurnAsync();

        Assert.Empty(await shop.AttemptsAsync(1));
    }

    [Theory, EveryEngine]
    public async Task One_that_throws_harms_only_itself(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2, 3);
        shop.Fates[2] = Throws;

        Assert.Equal(3, await shop.TurnAsync());

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(3));
        Assert.Equal([1, 3], shop.Committed);
    }

    [Theory, EveryEngine]
    public async Task A_failure_is_kept_with_its_reason_its_place_and_its_fingerprint(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = Throws;

        await shop.TurnAsync();

        var attempt = Assert.Single(await shop.AttemptsAsync(1));
        Assert.Equal((1, JobState.Waiting), (attempt.Number, attempt.State));
        Assert.Equal("InvalidOperationException: It is poisoned.", attempt.Reason);
        Assert.Contains(nameof(WorkerTests), attempt.Detail, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{12}$", attempt.Fingerprint);
        Assert.Equal((shop.Clock.GetUtcNow(), shop.Clock.GetUtcNow()), (attempt.StartedAt, attempt.EndedAt));
    }

    [Theory, EveryEngine]
    public async Task A_failed_job_waits_as_its_schedule_says_and_is_dead_after_its_last_try(Engine engine)
    {
        var schedule = new RetrySchedule { FirstDelay = TimeSpan.FromSeconds(10), Factor = 3, MaxTries = 3, Jitter = 0 };
        await using var shop = await Workshop.CreateAsync(engine, new() { Retries = new() { Unexpected = schedule } });
        await shop.AddAsync(1);
        shop.Fates[1] = Throws;

        await shop.TurnAsync();
        Assert.Equal(shop.Clock.GetUtcNow().AddSeconds(10), await shop.RunAtAsync(1));
        Assert.Equal(0, await shop.TurnAsync());

        shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await shop.TurnAsync();
        Assert.Equal(shop.Clock.GetUtcNow().AddSeconds(30), await shop.RunAtAsync(1));

        shop.Clock.Advance(TimeSpan.FromSeconds(30));
        await shop.TurnAsync();
        Assert.Equal("dead after 3, applied 0", await shop.StandAsync(1));

        shop.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await shop.TurnAsync());
        Assert.Equal(
            [JobState.Waiting, JobState.Waiting, JobState.Dead],
            (await shop.AttemptsAsync(1)).Select(attempt => attempt.State));
    }

    [Theory, EveryEngine]
    public async Task Chance_takes_a_share_off_the_delay(Engine engine)
    {
        var schedule = new RetrySchedule { FirstDelay = TimeSpan.FromSeconds(100), MaxTries = 3, Jitter = 0.5 };
        await using var shop = await Workshop.CreateAsync(engine, new() { Retries = new() { Unexpected = schedule } });
        await shop.AddAsync(1, 2);
        (shop.Fates[1], shop.Fates[2]) = (Throws, Throws);

        await shop.TurnAsync();

        var now = shop.Clock.GetUtcNow();
        TimeSpan[] delays = [await shop.RunAtAsync(1) - now, await shop.RunAtAsync(2) - now];
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(100)));
        Assert.NotEqual(delays[0], delays[1]);
    }

    [Theory, EveryEngine]
    public async Task A_success_after_a_failure_is_an_attempt_of_its_own(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = Throws;
        await shop.TurnAsync();
        shop.Fates.Clear();
        shop.Clock.Advance(TimeSpan.FromHours(1));

        await shop.TurnAsync();

        Assert.Equal("completed after 2, applied 1", await shop.StandAsync(1));
        Assert.Equal(
            [(1, JobState.Waiting), (2, JobState.Completed)],
            (await shop.AttemptsAsync(1)).Select(attempt => (attempt.Number, attempt.State)));
    }

    [Theory, EveryEngine]
    public async Task The_retries_begin_anew_after_a_replay_while_the_attempts_go_on(Engine engine)
    {
        var schedule = new RetrySchedule { FirstDelay = TimeSpan.FromSeconds(1), MaxTries = 2 };
        await using var shop = await Workshop.CreateAsync(engine, new() { Retries = new() { Unexpected = schedule } });
        await shop.AddAsync(1);
        shop.Fates[1] = Throws;
        await shop.TurnAsync();
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await shop.TurnAsync();
        Assert.Equal("dead after 2, applied 0", await shop.StandAsync(1));

        Assert.True(await shop.DeadLetters.ReplayAsync(await shop.IdOfAsync(1), "a test", Ct));
        await shop.TurnAsync();
        Assert.Equal("waiting after 3, applied 0", await shop.StandAsync(1));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));
        await shop.TurnAsync();

        Assert.Equal("dead after 4, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_retry_that_was_asked_for_counts_and_keeps_what_the_handler_wrote(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = _ => Task.FromResult<Outcome>(new Outcome.Retry("It is locked.", FailureClass.Transient));

        await shop.TurnAsync();

        Assert.Equal("waiting after 1, applied 1", await shop.StandAsync(1));
        var attempt = Assert.Single(await shop.AttemptsAsync(1));
        Assert.Equal(
            ("It is locked.", null, Fingerprint.Of("It is locked.")),
            (attempt.Reason, attempt.Detail, attempt.Fingerprint));
    }

    [Theory, EveryEngine]
    public async Task A_snooze_counts_no_attempt_and_comes_back_when_it_said(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = _ => Task.FromResult<Outcome>(new Outcome.Snooze(TimeSpan.FromMinutes(7)));

        await shop.TurnAsync();

        Assert.Equal("waiting after 0, applied 1", await shop.StandAsync(1));
        Assert.Equal(shop.Clock.GetUtcNow().AddMinutes(7), await shop.RunAtAsync(1));
        Assert.Empty(await shop.AttemptsAsync(1));
    }

    [Theory, EveryEngine]
    public async Task Giving_up_makes_a_dead_letter_at_once_beside_others_of_the_batch(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2);
        shop.Fates[1] = _ => Task.FromResult<Outcome>(new Outcome.GiveUp("It has no id."));

        await shop.TurnAsync();

        Assert.Equal("dead after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(2));
        Assert.Equal("It has no id.", Assert.Single(await shop.AttemptsAsync(1)).Reason);
        Assert.Single(shop.Calls);
    }

    [Theory, EveryEngine]
    public async Task One_that_never_returns_is_cut_off_and_the_others_go_on(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2, 3);
        shop.Fates[2] = shop.Hang;

        var turn = shop.TurnAsync();
        Assert.False(turn.IsCompleted);
        await shop.CutOffAsync(turn);

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(3));
        Assert.Equal("It did not end within the attempt's time limit.", Assert.Single(await shop.AttemptsAsync(2)).Reason);
    }

    [Theory, EveryEngine]
    public async Task One_that_returns_after_it_was_cut_off_changes_nothing(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        var late = new TaskCompletionSource<Outcome>();
        shop.Fates[1] = job =>
        {
            _ = shop.Hang(job);
            return late.Task;
        };
        await shop.CutOffAsync(shop.TurnAsync());

        late.SetResult(new Outcome.Done());

        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_running_turn_tells_for_how_long(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine, new() { AttemptTimeout = TimeSpan.FromMinutes(1) });
        await shop.AddAsync(1);
        var end = new TaskCompletionSource<Outcome>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Fates[1] = _ =>
        {
            begun.SetResult();
            return end.Task;
        };
        Assert.Equal(TimeSpan.Zero, shop.Watch.BusyFor);

        var turn = shop.TurnAsync();
        await begun.Task;
        shop.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), shop.Watch.BusyFor);
        end.SetResult(new Outcome.Done());
        await turn;

        Assert.Equal(TimeSpan.Zero, shop.Watch.BusyFor);
    }

    [Theory, EveryEngine]
    public async Task A_handler_with_too_few_outcomes_completes_nothing_it_said_nothing_about(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = _ => Task.FromResult<Outcome>(null!);

        await shop.TurnAsync();

        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(1));
        Assert.Contains("had 0 outcomes", Assert.Single(await shop.AttemptsAsync(1)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XX001"), InlineData("XX000"), InlineData("58030"), InlineData("58P01")]
    public async Task A_row_that_the_server_cannot_read_harms_only_its_own_job_which_is_tried_again(string state)
    {
        await using var shop = await Workshop.CreateAsync(Engine.Postgres);
        await shop.AddAsync(1, 2, 3);
        await FailAtAsync(shop, 2, state);

        Assert.Equal(3, await shop.AdvanceUntilAsync(shop.TurnAsync(), shop.Options.PauseWhenUnavailable));

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(3));
        Assert.Contains(state, Assert.Single(await shop.AttemptsAsync(2)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_slow_though_it_is_alone_spends_its_tries_and_is_a_dead_letter_in_the_end()
    {
        var schedule = new RetrySchedule { FirstDelay = TimeSpan.FromSeconds(10), MaxTries = 2, Jitter = 0 };
        await using var shop = await Workshop.CreateAsync(
            Engine.Postgres, new() { Retries = new() { Transient = schedule } });
        await shop.AddAsync(1, 2);
        await FailAtAsync(shop, 2, "57014");

        await shop.TurnAsync();
        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(2));
        Assert.Equal(shop.Clock.GetUtcNow().AddSeconds(10), await shop.RunAtAsync(2));
        shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await shop.TurnAsync();

        Assert.Equal("dead after 2, applied 0", await shop.StandAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
    }

    [Theory, InlineData("40001"), InlineData("40P01"), InlineData("55P03")]
    public async Task One_that_finds_others_in_its_way_is_put_off_and_spends_no_try(string state)
    {
        await using var shop = await Workshop.CreateAsync(Engine.Postgres);
        await shop.AddAsync(1, 2);
        await FailAtAsync(shop, 2, state);

        await shop.TurnAsync();

        Assert.Equal("waiting after 0, applied 0", await shop.StandAsync(2));
        Assert.Equal(shop.Clock.GetUtcNow() + shop.Options.PauseWhenContended, await shop.RunAtAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
    }

    [Fact]
    public async Task A_claim_that_takes_too_long_is_not_made_again_at_once()
    {
        await using var shop = await Workshop.CreateAsync(Engine.Postgres);
        await shop.AddAsync(1);
        await shop.Store.RunAsync(
            """
            create function slow() returns boolean language plpgsql as
                $$ begin raise 'too slow' using errcode = '57014'; end $$
            """);
        await shop.Store.RunAsync("create policy slow on jobs using (slow())");
        await shop.Store.RunAsync("alter table jobs enable row level security, force row level security");

        Assert.Equal(0, await shop.AdvanceUntilAsync(shop.TurnAsync(), shop.Options.PauseWhenUnavailable));

        await shop.Store.RunAsync("alter table jobs disable row level security");
        Assert.Equal(1, await shop.TurnAsync());
    }

    [Theory, EveryEngine]
    public async Task What_others_have_put_back_far_behind_is_found_within_seconds(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        Assert.Equal(0, await shop.TurnAsync());
        await shop.Store.WriteAsync(session =>
            shop.Jobs.AddAsync(session, Workshop.Kind, [1], shop.Clock.GetUtcNow().AddHours(-1)));
        await shop.AddAsync(2);
        await shop.TurnAsync();
        Assert.Equal([[2]], shop.Calls);

        shop.Clock.Advance(ClaimWindow.WholeEvery);
        await shop.TurnAsync();

        Assert.Equal([[2], [1]], shop.Calls);
    }

    [Theory, EveryEngine]
    public async Task Of_a_backlog_due_at_one_moment_each_claim_takes_the_next_ones(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine, new() { BatchSize = 2 });
        await shop.AddAsync(1, 2, 3, 4, 5);

        while (await shop.TurnAsync() > 0)
        {
        }

        Assert.Equal([[1, 2], [3, 4], [5]], shop.Calls);
    }

    [Fact]
    public async Task A_store_in_trouble_costs_no_job_an_attempt_and_is_given_a_pause()
    {
        await using var shop = await Workshop.CreateAsync(Engine.Sqlite);
        await shop.AddAsync(1, 2);
        await shop.Store.FillAsync();

        var turn = shop.TurnAsync();
        shop.Clock.Advance(shop.Options.PauseWhenUnavailable - TimeSpan.FromMilliseconds(1));
        Assert.False(turn.IsCompleted);
        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await turn);

        await shop.Store.MakeRoomAsync();
        Assert.Equal("waiting after 0, applied 0", await shop.StandAsync(1));
        await shop.TurnAsync();
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal([1, 2], shop.Committed);
    }

    [Fact]
    public async Task After_a_commit_in_doubt_it_looks_again_and_applies_nothing_twice()
    {
        await using var shop = await Workshop.CreateAsync(Engine.Sqlite);
        await shop.AddAsync(1, 2);
        shop.Fates[1] = _ =>
        {
            File.Delete(shop.Store.SqlitePath + "-wal");
            return Task.FromResult<Outcome>(new Outcome.Done());
        };
        await shop.AdvanceUntilAsync(shop.TurnAsync(), shop.Options.PauseWhenUnavailable);
        shop.Fates.Clear();

        await shop.TurnAsync();

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(2));
    }

    [Theory, EveryEngine]
    public async Task The_loop_wakes_at_the_doorbell_and_looks_by_itself_when_nobody_rings(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        using var stop = new CancellationTokenSource();
        var rung = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Fates[1] = _ =>
        {
            rung.SetResult(1);
            return Task.FromResult<Outcome>(new Outcome.Done());
        };
        var polled = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Fates[2] = _ =>
        {
            polled.SetResult(2);
            return Task.FromResult<Outcome>(new Outcome.Done());
        };
        var loop = shop.Worker.RunAsync(stop.Token);

        await shop.AddAsync(1);
        shop.Doorbell.Ring();
        await rung.Task;
        await shop.AddAsync(2);
        await shop.AdvanceUntilAsync(polled.Task, shop.Options.PollInterval);

        await stop.CancelAsync();
        await loop;
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(2));
    }

    [Theory, EveryEngine]
    public async Task A_loop_that_is_stopped_finishes_its_turn_and_ends_in_good_order(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        using var stop = new CancellationTokenSource();
        await shop.AddAsync(1);
        var end = new TaskCompletionSource<Outcome>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Fates[1] = _ =>
        {
            begun.TrySetResult();
            return end.Task;
        };
        var loop = shop.Worker.RunAsync(stop.Token);
        await begun.Task;

        await stop.CancelAsync();
        Assert.False(loop.IsCompleted);
        end.SetResult(new Outcome.Done());
        await loop;

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal(0, await shop.Store.NumberAsync("select count(*) from nodes where ended_at is null"));
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from nodes"));
    }

    /// <summary>Has the server fail with this whenever a job's work is written.</summary>
    private static async Task FailAtAsync(Workshop shop, long subject, string state)
    {
        await shop.Store.RunAsync(
            $"""
            create function fail() returns trigger language plpgsql as
                $$ begin raise 'as a test wants it' using errcode = '{state}'; end $$
            """);
        await shop.Store.RunAsync(
            $"""
            create trigger fail before insert on counters for each row when (new.name = 'applied {subject}')
                execute function fail()
            """);
    }
}
