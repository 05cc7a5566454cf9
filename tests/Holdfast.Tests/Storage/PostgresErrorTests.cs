using System.Diagnostics;
using Holdfast.Jobs;
using Holdfast.Storage;
using Holdfast.Testing;
using Npgsql;

namespace Holdfast.Tests.Storage;

/// <summary>
/// Every class of the server's errors, made for real: nothing was written, the right one is to blame, and the next
/// write goes well by itself.
/// </summary>
public sealed class PostgresErrorTests
{
    private enum Blame
    {
        Store,
        Others,
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_that_takes_too_long_found_others_in_its_way()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            await session.RunAsync("set local statement_timeout = '20ms'");
            return await session.RunAsync("select pg_sleep(60)");
        });

        await FailedAsync(store, commit, "57014", Blame.Others);
    }

    [Fact]
    public async Task A_read_that_takes_too_long_says_so_and_harms_no_other()
    {
        await using var store = await RemoteStore.CreateAsync();

        var thrown = await Assert.ThrowsAsync<StoreException>(() => store.Database.ReadAsync(
            async session =>
            {
                await session.RunAsync("set local statement_timeout = '20ms'");
                return await session.RunAsync("select pg_sleep(60)");
            },
            Ct));

        Assert.StartsWith("A read took too long", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(["1"], await store.Database.ReadAsync(session => session.AskAsync("select 1"), Ct));
    }

    [Fact]
    public async Task A_lock_that_is_not_to_be_had_found_others_in_its_way()
    {
        await using var store = await RemoteStore.CreateAsync();
        await store.MarkAsync("held");
        await using var other = await store.Server.OpenAsync(store.Name);
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await RunAsync(other, "update holdfast.counters set value = 2");

        var commit = await store.WriteAsync(
            session => session.RunAsync("update counters set value = 3"), Turn.Ingest);

        await FailedAsync(store, commit, "55P03", Blame.Others, ["held"]);
    }

    [Fact]
    public async Task Of_two_that_wait_in_a_circle_one_is_rolled_back_and_found_the_other_in_its_way()
    {
        await using var store = await RemoteStore.CreateAsync();
        await store.ExecuteAsync($"""alter database "{store.Name}" set deadlock_timeout = '10ms'""");
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());

        var commits = await Task.WhenAll(
            HoldAndWantAsync(1, first, second.Task, 2), HoldAndWantAsync(2, second, first.Task, 1));

        var lost = Assert.Single(commits, commit => commit is Commit<int>.RolledBack);
        Assert.Single(commits, commit => commit is Commit<int>.Committed);
        await FailedAsync(store, lost, "40P01", Blame.Others);

        Task<Commit<int>> HoldAndWantAsync(int held, TaskCompletionSource holds, Task othersHold, int wanted) =>
            store.WriteAsync(async session =>
            {
                await session.RunAsync($"select pg_advisory_xact_lock({held})");
                holds.SetResult();
                await othersHold;
                return await session.RunAsync($"select pg_advisory_xact_lock({wanted})");
            });
    }

    [Fact]
    public async Task A_job_that_somebody_else_has_just_ended_was_in_others_hands()
    {
        await using var store = await RemoteStore.CreateAsync();
        var jobs = new JobStore(store.Database);
        await store.WriteAsync(session => jobs.AddAsync(session, "test", [1], DateTimeOffset.UnixEpoch));
        await using var other = await store.Server.OpenAsync(store.Name);
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await RunAsync(other, "update holdfast.jobs set state = 'completed', run_at = null, ended_at = now()");

        var writing = store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            await session.RunAsync("set local lock_timeout = 0");
            return await session.RunAsync("update jobs set alone = 1 where state = 'waiting'");
        });
        await store.SessionWhereAsync("wait_event_type = 'Lock'");
        await transaction.CommitAsync(Ct);

        await FailedAsync(store, await writing, "40001", Blame.Others);
    }

    [Fact]
    public async Task Too_many_connections_are_the_stores_trouble()
    {
        await using var store = await RemoteStore.CreateAsync();
        await store.ExecuteAsync($"""alter database "{store.Name}" connection limit 0""");

        var commit = await store.MarkAsync("lost");

        await store.ExecuteAsync($"""alter database "{store.Name}" connection limit -1""");
        await FailedAsync(store, commit, "53300", Blame.Store);
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_is_the_stores_trouble_and_is_left_for_one_that_does()
    {
        await using var store = await RemoteStore.CreateAsync();
        await store.ExecuteAsync($"""alter database "{store.Name}" set default_transaction_read_only = on""");

        var commit = await store.MarkAsync("lost");

        await store.Server.ExecuteAsync(
            "postgres", $"""alter database "{store.Name}" reset default_transaction_read_only""");
        await FailedAsync(store, commit, "25006", Blame.Store);
    }

    [Fact]
    public async Task A_transaction_that_idled_for_too_long_is_the_stores_trouble()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            var process = await ProcessOfAsync(session);
            await session.RunAsync("set local idle_in_transaction_session_timeout = '20ms'");
            await EndOfAsync(store, process);
            return await session.MarkAsync("later");
        });

        await FailedAsync(store, commit, "25P03", Blame.Store);
    }

    [Fact]
    public async Task A_session_ended_by_an_administrator_is_the_stores_trouble()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            await store.ExecuteAsync($"select pg_terminate_backend({await ProcessOfAsync(session)}, 60000)");
            return await session.MarkAsync("later");
        });

        await FailedAsync(store, commit, "57P01", Blame.Store);
    }

    [Fact]
    public async Task Connections_that_died_while_they_idled_cost_one_write_and_not_one_each()
    {
        await using var store = await RemoteStore.CreateAsync();
        var bothAreOut = new TaskCompletionSource();
        await Task.WhenAll(
            store.WriteAsync(async session =>
            {
                await bothAreOut.Task;
                return await session.MarkAsync("first");
            }),
            store.WriteAsync(session =>
            {
                bothAreOut.SetResult();
                return session.MarkAsync("second");
            }));
        await store.ExecuteAsync(
            $"""
            select pg_terminate_backend(pid, 60000) from pg_stat_activity
            where datname = '{store.Name}' and usename = '{PostgresServer.User}'
            """);

        var commit = await store.MarkAsync("lost");

        await FailedAsync(store, commit, "57P01", Blame.Store, ["first", "second"]);
    }

    [Fact]
    public async Task A_server_that_stops_and_starts_again_is_the_stores_trouble_only_while_it_is_away()
    {
        await using var server = await PostgresServer.CreateAsync();
        await using var store = await RemoteStore.CreateOnAsync(server);
        await store.MarkAsync("before");
        await server.StopImmediatelyAsync();

        Commit<int>[] commits = [await store.MarkAsync("while down"), await store.MarkAsync("while down")];

        Assert.All(commits, commit =>
            Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(commit).Cause)));
        await server.StartAsync();
        await store.MarkAsync("later");
        Assert.Equal(["before", "later"], await store.MarksAsync());
    }

    [Fact]
    public async Task A_full_disk_is_the_stores_trouble_until_there_is_room()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can mount a small disk.");
        var server = await PostgresServer.SharedAsync();
        var disk = Directory.CreateTempSubdirectory("holdfast-disk-").FullName;
        await MountAsync("mount", "-t", "tmpfs", "-o", "size=32m,mode=1777", "tmpfs", disk);
        try
        {
            await server.CreateTablespaceAsync("small", disk);
            await server.CreateDatabaseAsync("shop", tablespace: "small");
            await using (var store = await RemoteStore.CreateOnAsync(server))
            {
                await store.MarkAsync("before");

                var commit = await store.WriteAsync(session => session.RunAsync(
                    "insert into counters (name, shard, value) select 'full', n, 1 from generate_series(1, 1000000) n"));

                await FailedAsync(store, commit, "53100", Blame.Store, ["before"]);
            }

            await server.DropDatabaseAsync("shop");
            await server.ExecuteAsync("postgres", "drop tablespace small");
        }
        finally
        {
            await MountAsync("umount", "--lazy", disk);
            Directory.Delete(disk);
        }
    }

    /// <summary>Nothing of it is there, the blame falls on the right one, and the next write goes well.</summary>
    private static async Task FailedAsync(
        RemoteStore store, Commit<int> commit, string state, Blame blame, params string[] before)
    {
        var cause = Assert.IsType<Commit<int>.RolledBack>(commit).Cause;
        Assert.Equal(state, Assert.IsType<PostgresException>(cause).SqlState);
        Assert.Equal(
            (blame is Blame.Store, blame is Blame.Others),
            (store.Database.IsUnavailable(cause), store.Database.IsContended(cause)));
        Assert.Equal(before, await store.MarksAsync());
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("next"));
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static Task<long> ProcessOfAsync(Session session) =>
        session.NumberAsync(new Statement("Process", "select pg_backend_pid()::bigint"));

    private static async Task EndOfAsync(RemoteStore store, long process)
    {
        while (await store.Server.AskAsync<int>(
            "postgres", $"select pid from pg_stat_activity where pid = {process}") is not [])
        {
            Ct.ThrowIfCancellationRequested();
        }
    }

    private static async Task MountAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }
}
