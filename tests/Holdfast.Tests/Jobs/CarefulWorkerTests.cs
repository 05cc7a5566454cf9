using Holdfast.Jobs;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Jobs;

/// <summary>What a worker does after the process has died under its predecessor.</summary>
public sealed class CarefulWorkerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task After_a_good_end_nobody_is_under_suspicion(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await EndWellAsync(shop);
        await shop.AddAsync(1, 2);
        await shop.DieAsync();

        await shop.Worker.StartAsync(Ct);
        await shop.TurnAsync();

        Assert.Equal([[1, 2]], shop.Calls);
    }

    [Theory, EveryEngine]
    public async Task After_a_death_what_was_due_is_run_alone_first(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine, new() { MaxSuspects = 2 });
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1, 2, 3, 4);
        await shop.DieAsync();

        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(5);
        while (await shop.TurnAsync() > 0)
        {
        }

        Assert.Equal([[1], [2], [3, 4, 5]], shop.Calls);
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_suspect_is_marked_durably_before_it_runs(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1, 2);
        await shop.DieAsync();
        shop.Fates[1] = shop.KillTheProcess;

        await shop.Worker.StartAsync(Ct);
        Assert.True(await shop.WorkOrDieAsync());

        Assert.Equal(["1 1", "2 0"], await shop.Store.TextsAsync("select subject || ' ' || alone from jobs order by subject"));
    }

    [Theory, EveryEngine]
    public async Task One_that_was_alone_when_the_process_died_comes_after_all_others(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1, 2, 3);
        await shop.DieAsync();

        // Whatever kills this process does so soon after its start, when the first one is at work.
        for (var start = 0; start < 3; start++)
        {
            shop.Fates[start + 1] = shop.KillTheProcess;
            await shop.Worker.StartAsync(Ct);
            Assert.True(await shop.WorkOrDieAsync());
            shop.Fates.Clear();
        }

        Assert.Equal([[1], [2], [3]], shop.Calls);
        Assert.Equal(3, await shop.Store.NumberAsync("select count(*) from jobs where alone = 1 and state = 'waiting'"));
    }

    [Theory, EveryEngine]
    public async Task One_that_kills_the_process_twice_while_alone_is_a_dead_letter_and_its_neighbours_complete(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1, 2, 3);
        shop.Fates[2] = shop.KillTheProcess;

        var deaths = 0;
        for (var start = 0; start < 10; start++)
        {
            await shop.Worker.StartAsync(Ct);
            deaths += await shop.WorkOrDieAsync() ? 1 : 0;
        }

        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(1));
        Assert.Equal("dead after 1, applied 0", await shop.StandAsync(2));
        Assert.Equal("completed after 1, applied 1", await shop.StandAsync(3));

        // Once among the others, and twice alone.
        Assert.Equal(3, deaths);
        Assert.Contains("died 2 times", Assert.Single(await shop.AttemptsAsync(2)).Reason, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task One_that_only_happened_to_be_there_when_the_process_died_is_cleared_by_its_success(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        for (var i = 0; i < 5; i++)
        {
            await shop.Worker.StartAsync(Ct);
            await shop.TurnAsync();
            await shop.DeadLetters.ReplayEndedAsync(await shop.IdOfAsync(1), "a test", Ct);
            await shop.DieAsync();
        }

        Assert.Equal("waiting after 5, applied 5", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_suspect_that_throws_is_retried_like_any_other(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1);
        await shop.DieAsync();
        shop.Fates[1] = _ => throw new InvalidOperationException("It is poisoned.");

        await shop.Worker.StartAsync(Ct);
        await shop.TurnAsync();

        Assert.Equal("waiting after 1, applied 0", await shop.StandAsync(1));
        Assert.Equal(0, await shop.Store.NumberAsync("select alone from jobs"));
        Assert.Single(await shop.AttemptsAsync(1));
    }

    [Theory, EveryEngine]
    public async Task A_dead_letter_that_killed_the_process_gets_its_two_chances_again_after_a_replay(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.AddAsync(1);
        shop.Fates[1] = shop.KillTheProcess;
        for (var start = 0; start < 4; start++)
        {
            await shop.Worker.StartAsync(Ct);
            await shop.WorkOrDieAsync();
        }

        Assert.Equal("dead after 1, applied 0", await shop.StandAsync(1));
        shop.Fates.Clear();
        await shop.DeadLetters.ReplayAsync(await shop.IdOfAsync(1), "a test", Ct);
        await shop.TurnAsync();

        Assert.Equal("completed after 2, applied 1", await shop.StandAsync(1));
    }

    [Theory, EveryEngine]
    public async Task The_lives_that_ended_in_death_are_ended_only_when_all_suspects_have_been_run(Engine engine)
    {
        const string Unended = "select count(*) from nodes where ended_at is null";
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1, 2);
        await shop.DieAsync();

        await shop.Worker.StartAsync(Ct);
        await shop.TurnAsync();
        Assert.Equal(2, await shop.Store.NumberAsync(Unended));
        await shop.TurnAsync();

        Assert.Equal(1, await shop.Store.NumberAsync(Unended));
    }

    [Theory, EveryEngine]
    public async Task After_a_death_with_nothing_due_it_goes_on_in_batches(Engine engine)
    {
        await using var shop = await Workshop.CreateAsync(engine);
        await shop.Worker.StartAsync(Ct);
        await shop.DieAsync();

        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1, 2);
        await shop.TurnAsync();

        Assert.Equal([[1, 2]], shop.Calls);
        Assert.Equal(1, await shop.Store.NumberAsync("select count(*) from nodes where ended_at is null"));
    }

    [Fact]
    public async Task One_that_was_not_run_because_of_the_store_is_not_counted_when_the_process_is_stopped_meanwhile()
    {
        await using var shop = await Workshop.CreateAsync(Engine.Postgres);
        await shop.Worker.StartAsync(Ct);
        await shop.AddAsync(1);
        await shop.DieAsync();
        await shop.Store.RunAsync(
            """
            create function fail() returns trigger language plpgsql as
                $$ begin raise 'as a test wants it' using errcode = '57P03'; end $$
            """);
        await shop.Store.RunAsync(
            "create trigger fail before insert on counters for each row execute function fail()");
        using var stop = new CancellationTokenSource();

        var loop = shop.Worker.RunAsync(stop.Token);
        while (await shop.Store.NumberAsync("select alone from jobs") is 0)
        {
            Ct.ThrowIfCancellationRequested();
        }

        await stop.CancelAsync();
        await loop;

        Assert.Equal(["waiting 0"], await shop.Store.TextsAsync("select state || ' ' || alone from jobs"));
    }

    private static async Task EndWellAsync(Workshop shop)
    {
        using var stop = new CancellationTokenSource();
        var loop = shop.Worker.RunAsync(stop.Token);
        await stop.CancelAsync();
        await loop;
    }
}
