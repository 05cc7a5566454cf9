using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

/// <summary>What every engine promises.</summary>
public sealed class DatabaseTests
{
    [Theory, EveryEngine]
    public async Task What_was_committed_is_seen_by_readers_and_after_a_restart(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        Assert.Equal(new Commit<int>.Committed(1), await store.MarkAsync("kept"));

        Assert.Equal(["kept"], await store.MarksAsync());
        await store.RestartAsync();
        Assert.Equal(["kept"], await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task A_reader_keeps_its_snapshot_while_others_write(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        var seen = await store.ReadAsync(async session =>
        {
            var before = await session.AskAsync("select count(*) from counters");
            await store.MarkAsync("meanwhile");
            return before.Concat(await session.AskAsync("select count(*) from counters"));
        });

        Assert.Equal(["0", "0"], seen);
        Assert.Equal(["meanwhile"], await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task Work_that_throws_writes_nothing_and_is_not_run_again(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var cause = new InvalidOperationException("The work is wrong.");
        var runs = 0;

        var commit = await WriteAsync<int>(store, async session =>
        {
            runs++;
            await session.MarkAsync("lost");
            throw cause;
        });

        Assert.Same(cause, Assert.IsType<Commit<int>.RolledBack>(commit).Cause);
        Assert.False(store.Database.IsUnavailable(cause));
        Assert.Equal(1, runs);
        Assert.Empty(await store.MarksAsync());
        await store.MarkAsync("next");
        Assert.Equal(["next"], await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task A_broken_rule_of_the_schema_is_the_works_fault_and_not_the_stores(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await store.MarkAsync("twice");

        var commit = await store.MarkAsync("twice");

        Assert.False(store.Database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(commit).Cause));
    }

    [Theory, EveryEngine]
    public async Task A_session_is_dead_after_its_write_has_ended(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        Session? kept = null;
        await WriteAsync(store, session => Task.FromResult(kept = session));

        await Assert.ThrowsAsync<StoreException>(() => kept!.MarkAsync("late"));
        Assert.Empty(await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task A_session_is_dead_after_its_write_has_failed(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        Session? kept = null;
        await WriteAsync<int>(store, session =>
        {
            kept = session;
            throw new InvalidOperationException();
        });

        await Assert.ThrowsAsync<StoreException>(() => kept!.MarkAsync("late"));
        Assert.Empty(await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task A_session_is_dead_after_its_read_or_rehearsal_has_ended(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var read = await store.ReadAsync(Task.FromResult);
        var rehearsed = await store.Database.RehearseAsync(Task.FromResult, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StoreException>(() => read.AskAsync("select name from counters"));
        await Assert.ThrowsAsync<StoreException>(() => rehearsed.MarkAsync("late"));
    }

    [Theory, EveryEngine]
    public async Task A_rehearsal_sees_its_own_writes_and_leaves_none(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        var seen = await store.Database.RehearseAsync(
            async session =>
            {
                await session.MarkAsync("tried");
                return await session.AskAsync("select name from counters");
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(["tried"], seen);
        Assert.Empty(await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task A_rehearsal_that_throws_leaves_nothing_and_gives_the_turn_back(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Database.RehearseAsync<int>(
            async session =>
            {
                await session.MarkAsync("tried");
                throw new InvalidOperationException();
            },
            TestContext.Current.CancellationToken));

        await store.MarkAsync("next");
        Assert.Equal(["next"], await store.MarksAsync());
    }

    [Theory, EveryEngine]
    public async Task Every_kind_of_value_comes_back_as_it_was_written(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var moment = new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
        byte[] bytes = [0, 255, 10];

        var back = await store.ReadAsync(session => session.QueryAsync(
            new Statement("Values", store.Say(
                "select @moment, @yes, @no, @bytes, @nothing, @text, @number",
                """
                select @moment::timestamptz, @yes::boolean, @no::boolean, @bytes::bytea, @nothing::text, @text::text,
                    @number::bigint
                """)),
            row => (
                row.Moment(0), row.Flag(1), row.Flag(2), row.Bytes(3), row.TextOrNull(4), row.Text(5), row.Number(6)),
            ("moment", moment.ToOffset(TimeSpan.FromHours(2))),
            ("yes", true),
            ("no", false),
            ("bytes", bytes),
            ("nothing", null),
            ("text", "a'b\0ü"),
            ("number", long.MinValue)));

        var (back1, yes, no, back2, nothing, text, number) = Assert.Single(back);
        Assert.Equal((moment, true, false), (back1, yes, no));
        Assert.Equal(bytes, back2);
        Assert.Equal((null, store.Say("a'b\0ü", "a'b\ufffdü"), long.MinValue), (nothing, text, number));
    }

    [Theory, EveryEngine]
    public async Task A_list_goes_as_one_value_whatever_its_texts_hold(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        string[] texts = ["plain", "with \"quotes\"", "with, comma", "line\nend", "ü"];

        var back = await store.ReadAsync(session => session.QueryAsync(
            new Statement("List", store.Say(
                "select value from json_each(@texts)", "select unnest(@texts::text[])")), row => row.Text(0), ("texts", texts)));

        Assert.Equal(texts, back);
    }

    [Theory, EveryEngine]
    public async Task A_closed_store_says_so_and_blames_nobody(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await store.Database.DisposeAsync();

        var commit = await store.MarkAsync("late");

        var cause = Assert.IsType<StoreException>(Assert.IsType<Commit<int>.RolledBack>(commit).Cause);
        Assert.Contains("is closed", cause.Message, StringComparison.Ordinal);
        Assert.True(store.Database.IsUnavailable(cause));
    }

    private static Task<Commit<T>> WriteAsync<T>(TestDatabase store, Func<Session, Task<T>> work) =>
        store.Database.WriteAsync(Turn.Work, work, TestContext.Current.CancellationToken);
}
