using Holdfast.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Storage;

public sealed class MigratorTests
{
    private const string Steps = "select number || ' ' || name || ' ' || checksum || ' ' || applied_at from migrations";

    [Theory, EveryEngine]
    public async Task A_fresh_store_gets_every_step_in_order(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        Assert.Equal(
            EmbeddedText.Names
                .Where(name => name.EndsWith($".{store.Database.Engine}.sql", StringComparison.Ordinal))
                .Where(name => name.StartsWith("Storage/Migrations/", StringComparison.Ordinal))
                .Select(name => name["Storage/Migrations/".Length..].Split('.')[0])
                .Order(),
            await store.TextsAsync("select name from migrations order by number"));
    }

    [Theory, EveryEngine]
    public async Task A_second_start_applies_nothing(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var first = await store.TextsAsync(Steps);
        store.Clock.Advance(TimeSpan.FromDays(1));

        await store.RestartAsync();

        Assert.Equal(first, await store.TextsAsync(Steps));
    }

    [Theory, EveryEngine]
    public async Task A_step_of_a_newer_version_that_this_one_cannot_do_with_is_refused_and_left_as_it_is(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await AddStepAsync(store, "9999_drop_later_needs_9998");
        await store.Database.DisposeAsync();
        var before = await PrintAsync(store);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(store.RestartAsync);

        Assert.Contains("9999_drop_later_needs_9998", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await PrintAsync(store));
    }

    [Theory, EveryEngine]
    public async Task A_step_of_a_newer_version_that_only_adds_is_nothing_to_this_one(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await store.RunAsync("alter table audit add column later text");
        await AddStepAsync(store, "9998_later");

        await store.RestartAsync();

        Assert.Equal(new Commit<int>.Committed(1), await store.MarkAsync("kept"));
    }

    [Theory, EveryEngine]
    public async Task A_step_that_needs_no_more_than_this_version_has_is_nothing_to_it(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await AddStepAsync(store, "9999_drop_later_needs_0003");

        await store.RestartAsync();

        Assert.Equal(new Commit<int>.Committed(1), await store.MarkAsync("kept"));
    }

    [Theory, EveryEngine]
    public async Task A_step_that_was_edited_after_it_was_applied_is_refused(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await store.RunAsync("update migrations set checksum = 'x' where number = 1");
        await store.Database.DisposeAsync();
        var before = await PrintAsync(store);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(store.RestartAsync);

        Assert.Contains("0001_core differs", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await PrintAsync(store));
    }

    [Theory, EveryEngine]
    public async Task A_refused_start_lets_go_of_the_store(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await store.RunAsync("update migrations set checksum = 'x' || checksum where number = 1");
        await Assert.ThrowsAsync<StoreRefusedException>(store.RestartAsync);

        // Refused for the same reason again, and not because the first one still holds the lock.
        var again = await Assert.ThrowsAsync<StoreRefusedException>(store.RestartAsync);

        Assert.Contains("differs", again.Message, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_start_that_fails_in_the_middle_leaves_no_half_of_a_step(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);

        // The third step can make its table again, and fails at what it does afterwards.
        await store.RunAsync("drop table nodes");
        await store.RunAsync("delete from migrations where number = 3");
        var before = await PrintAsync(store);

        await Assert.ThrowsAsync<StoreRefusedException>(store.RestartAsync);

        Assert.Equal(before, await PrintAsync(store));
    }

    private static Task<int> AddStepAsync(TestDatabase store, string name) => store.RunAsync(
        $"insert into migrations (number, name, checksum, applied_at) values (9999, '{name}', 'x', "
        + $"{store.Say("0", "now()")})");

    /// <summary>What the schema is and which steps it says it has, read past the product.</summary>
    private static async Task<List<string>> PrintAsync(TestDatabase store)
    {
        if (store.Database.Engine is "postgres")
        {
            return await (await PostgresServer.SharedAsync()).AskAsync<string>(
                store.PostgresName,
                """
                select relname::text || relkind::text from pg_class where relnamespace = 'holdfast'::regnamespace
                union all
                select name || checksum from holdfast.migrations
                order by 1
                """);
        }

        await using var file = new TestFile(store.SqlitePath);
        return [.. file.Ask(
            "select name from sqlite_schema union all select name || checksum from migrations order by 1")];
    }
}
