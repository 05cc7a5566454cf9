using Holdfast.Storage;

namespace Holdfast.Tests.Storage;

/// <summary>What each session of ours holds to, whatever the server is told before or meanwhile.</summary>
public sealed class PostgresSessionTests(PostgresSessionTests.OwnServer server) : IClassFixture<PostgresSessionTests.OwnServer>
{
    private const string Durability = "select current_setting('synchronous_commit')";

    [Theory]
    [InlineData("alter role holdfast in database shop set synchronous_commit = local")]
    [InlineData("alter database shop set synchronous_commit = remote_write")]
    [InlineData("alter role holdfast set synchronous_commit = off")]
    public async Task No_setting_of_a_user_or_a_database_makes_a_commit_less_durable(string setting)
    {
        await using var store = await RemoteStore.CreateOnAsync(server.Server);
        await store.ExecuteAsync(setting);
        store.Way.Cut();

        foreach (var turn in (Turn[])[Turn.Ingest, Turn.Work])
        {
            Assert.Equal(["on"], await AskAsync(store, turn, Durability));
        }

        await store.ExecuteAsync(setting.Replace(" set ", " reset ", StringComparison.Ordinal).Split(" =")[0]);
    }

    [Fact]
    public async Task A_server_that_is_told_to_commit_less_durably_does_so_in_no_session_that_is_open()
    {
        await using var store = await RemoteStore.CreateOnAsync(server.Server);
        await store.MarkAsync("opens a session");
        await store.ExecuteAsync("alter system set synchronous_commit = off");
        await store.ExecuteAsync("alter system set work_mem = '7MB'");

        await ReloadAsync(store, "select current_setting('work_mem')", "7MB");

        Assert.Equal(["on"], await AskAsync(store, Turn.Work, Durability));
        await store.ExecuteAsync("alter system reset synchronous_commit");
        await store.ExecuteAsync("alter system reset work_mem");
        await ReloadAsync(store, "select current_setting('work_mem')", "4MB");
    }

    [Fact]
    public async Task A_stronger_setting_stays()
    {
        await using var store = await RemoteStore.CreateOnAsync(server.Server);
        await store.ExecuteAsync("alter database shop set synchronous_commit = remote_apply");
        store.Way.Cut();

        Assert.Equal(["remote_apply"], await AskAsync(store, Turn.Ingest, Durability));

        await store.ExecuteAsync("alter database shop reset synchronous_commit");
    }

    [Fact]
    public async Task A_server_that_has_ceased_to_flush_takes_nothing_in_a_new_session()
    {
        await using var store = await RemoteStore.CreateOnAsync(server.Server);
        await AskAsync(store, Turn.Work, Durability);
        await store.ExecuteAsync("alter system set fsync = off");
        await ReloadAsync(store, "select current_setting('fsync')", "off");
        store.Way.Cut();

        // The first of these finds that its connection was lost.
        Commit<int>[] commits = [await store.MarkAsync("lost"), await store.MarkAsync("not taken")];

        var cause = Assert.IsType<Commit<int>.RolledBack>(commits[1]).Cause;
        Assert.Contains("fsync=off", Assert.IsType<StoreException>(cause).Message, StringComparison.Ordinal);
        await store.ExecuteAsync("alter system reset fsync");
        await server.UntilAsync("select current_setting('fsync')", "on");
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("taken again"));
    }

    /// <summary>Has the server read its settings again, and waits until a session that is open knows.</summary>
    private static async Task ReloadAsync(RemoteStore store, string ask, string expected)
    {
        await store.ExecuteAsync("select pg_reload_conf()");
        while ((await AskAsync(store, Turn.Work, ask))[0] != expected)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task<List<string>> AskAsync(RemoteStore store, Turn turn, string sql)
    {
        while (true)
        {
            if (await store.WriteAsync(session => session.AskAsync(sql), turn) is Commit<List<string>>.Committed(var answer))
            {
                return answer;
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One that may be told what would harm the tests beside these.</summary>
    public sealed class OwnServer : IAsyncLifetime
    {
        internal PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.CreateAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        /// <summary>Has it read its settings again, and waits until new sessions know.</summary>
        internal async Task UntilAsync(string ask, string expected)
        {
            await Server.ExecuteAsync("postgres", "select pg_reload_conf()");
            while ((await Server.AskAsync<string>("postgres", ask))[0] != expected)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
