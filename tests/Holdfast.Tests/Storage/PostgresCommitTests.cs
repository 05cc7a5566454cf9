using Holdfast.Storage;
using Holdfast.Tests.Support;
using Npgsql;

namespace Holdfast.Tests.Storage;

/// <summary>
/// A commit ends in three ways, and a lost answer looks the same after each: what the database says of the transaction
/// decides, and where it cannot say, nobody claims to know.
/// </summary>
public sealed class PostgresCommitTests
{
    private static readonly Statement ForcedNumber = new("ForcedNumber", "select pg_current_xact_id()::text::bigint");

    [Fact]
    public async Task Cut_before_the_commit_reaches_the_server_it_is_rolled_back_and_nothing_is_written()
    {
        await using var store = await RemoteStore.CreateAsync();
        store.Way.Rule = message => message.IsCommit ? new ProxyAction.Cut() : new ProxyAction.Forward();

        var cause = Assert.IsType<Commit<int>.RolledBack>(await store.MarkAsync("cut")).Cause;

        Assert.True(store.Database.IsUnavailable(cause));
        Assert.Empty(await store.MarksAsync());
    }

    [Fact]
    public async Task Cut_after_the_server_has_answered_it_is_found_to_be_committed()
    {
        await using var store = await RemoteStore.CreateAsync();
        store.Way.Rule = message => message.IsCommitted ? new ProxyAction.Cut() : new ProxyAction.Forward();

        Assert.Equal(new Commit<int>.Committed(1), await store.MarkAsync("kept"));

        Assert.Equal(["kept"], await store.MarksAsync());
    }

    [Fact]
    public async Task Cut_while_the_server_commits_it_is_what_the_server_then_holds()
    {
        await using var store = await RemoteStore.CreateAsync();
        store.Way.Rule = message => message.IsCommit ? new ProxyAction.ForwardAndCut() : new ProxyAction.Forward();

        var commit = await store.MarkAsync("either");

        Assert.Equal(commit is Commit<int>.Committed ? ["either"] : [], await store.MarksAsync());
        Assert.IsNotType<Commit<int>.Unknown>(commit);
    }

    [Fact]
    public async Task A_commit_that_is_stuck_on_its_way_is_rolled_back_and_does_not_commit_when_it_arrives_at_last()
    {
        await using var store = await RemoteStore.CreateAsync();
        var stuck = new TaskCompletionSource();
        store.Way.Rule = message => message.IsCommit ? new ProxyAction.Hold(stuck.Task) : new ProxyAction.Forward();

        Assert.IsType<Commit<int>.RolledBack>(await store.MarkAsync("stuck", Turn.Ingest));

        store.Way.Rule = TcpProxy.Forward;
        stuck.SetResult();
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("later"));
        Assert.Equal(["later"], await store.MarksAsync());
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_found_out_and_is_committed()
    {
        await using var store = await RemoteStore.CreateAsync();
        store.Way.Rule = message => message.IsCommitted
            ? new ProxyAction.Hold(new TaskCompletionSource().Task)
            : new ProxyAction.Forward();

        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("kept", Turn.Ingest));

        Assert.Equal(["kept"], await store.MarksAsync());
    }

    [Fact]
    public async Task What_became_of_a_commit_is_asked_though_readers_have_taken_every_connection()
    {
        await using var store = await RemoteStore.CreateAsync();
        var done = new TaskCompletionSource();
        List<Task> reading = [];
        for (var reader = 0; reader < PostgresSettings.Reads.Connections; reader++)
        {
            var begun = new TaskCompletionSource();
            reading.Add(store.Database.ReadAsync(
                async session =>
                {
                    await session.AskAsync("select 1");
                    begun.SetResult();
                    await done.Task;
                    return true;
                },
                TestContext.Current.CancellationToken));
            await begun.Task;
        }

        store.Way.Rule = message => message.IsCommitted ? new ProxyAction.Cut() : new ProxyAction.Forward();

        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("kept"));

        done.SetResult();
        await Task.WhenAll(reading);
    }

    [Fact]
    public async Task With_the_way_down_for_good_nobody_claims_to_know_whatever_the_server_did()
    {
        var clock = new ManualClock();
        await using var store = await RemoteStore.CreateAsync(clock);
        store.Way.Rule = message =>
        {
            if (message.IsCommitted)
            {
                store.Way.Refuse();
                return new ProxyAction.Cut();
            }

            return new ProxyAction.Forward();
        };

        var kept = await UntilSettledAsync(clock, store.MarkAsync("kept"));

        Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<int>.Unknown>(kept).Cause));
        Assert.Equal(["kept"], await store.MarksAsync());
        store.Way.Listen();
        store.Way.Rule = message =>
        {
            if (message.IsCommit)
            {
                store.Way.Refuse();
                return new ProxyAction.Cut();
            }

            return new ProxyAction.Forward();
        };

        Assert.IsType<Commit<int>.Unknown>(await UntilSettledAsync(clock, store.MarkAsync("lost")));

        Assert.Equal(["kept"], await store.MarksAsync());
        store.Way.Listen();
        store.Way.Rule = TcpProxy.Forward;
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("later"));
    }

    [Fact]
    public async Task A_commit_that_the_server_refuses_is_rolled_back_and_not_asked_about()
    {
        await using var store = await RemoteStore.CreateAsync();
        await store.ExecuteAsync(
            """
            create function holdfast.refuse() returns trigger language plpgsql as
                $$ begin raise 'refused at the end'; end $$;
            create constraint trigger late after insert on holdfast.counters
                deferrable initially deferred for each row execute function holdfast.refuse();
            """);
        var connections = store.Way.Connections;

        var cause = Assert.IsType<Commit<int>.RolledBack>(await store.MarkAsync("refused")).Cause;

        Assert.Equal("P0001", Assert.IsType<PostgresException>(cause).SqlState);
        Assert.Equal(connections + 1, store.Way.Connections);
        Assert.Empty(await store.MarksAsync());
    }

    [Fact]
    public async Task A_session_that_was_ended_before_its_commit_is_rolled_back()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("ended");
            var number = await session.NumberAsync(ForcedNumber);
            store.Way.Rule = message =>
            {
                if (message.IsCommit)
                {
                    store.Way.Rule = TcpProxy.Forward;
                    return new ProxyAction.Hold(store.ExecuteAsync(
                        $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where backend_xid = '{number}'"));
                }

                return new ProxyAction.Forward();
            };
            return number;
        });

        Assert.True(store.Database.IsUnavailable(Assert.IsType<Commit<long>.RolledBack>(commit).Cause));
        Assert.Empty(await store.MarksAsync());
    }

    [Fact]
    public async Task A_statement_that_failed_and_was_kept_quiet_about_never_commits()
    {
        await using var store = await RemoteStore.CreateAsync();

        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("first");
            await Assert.ThrowsAsync<PostgresException>(() => session.MarkAsync("first"));
            return true;
        });

        Assert.IsType<Commit<bool>.RolledBack>(commit);
        Assert.Empty(await store.MarksAsync());
        Assert.IsType<Commit<int>.Committed>(await store.MarkAsync("next"));
    }

    [Fact]
    public async Task Another_history_that_gave_the_number_to_another_transaction_does_not_speak_for_this_one()
    {
        await using var primary = await PostgresServer.CreateAsync();
        await primary.CreateDatabaseAsync("shop");
        await using var standby = await primary.CreateStandbyAsync();
        await using var store = await RemoteStore.CreateOnAsync(primary, others: $",127.0.0.1:{standby.Port}");
        await store.MarkAsync("before");
        await standby.PromoteAsync();
        store.Way.Rule = message =>
        {
            if (message.IsCommit)
            {
                store.Way.Refuse();
                return new ProxyAction.Cut();
            }

            return new ProxyAction.Forward();
        };

        var lost = 0L;
        var commit = await store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            lost = await session.NumberAsync(ForcedNumber);
            while (await FateOnAsync(standby, lost) is not "committed")
            {
                await standby.ExecuteAsync("shop", "select pg_current_xact_id()");
            }

            return true;
        });

        Assert.IsType<Commit<bool>.Unknown>(commit);
        Assert.Equal(["before"], await store.MarksAsync());
    }

    [Fact]
    public Task A_number_given_out_again_after_the_server_crashed_does_not_speak_for_the_transaction_that_was_lost() =>
        CrashesAsync(async (server, _) =>
        {
            await server.StopImmediatelyAsync();
            await server.StartAsync();
        });

    [Fact]
    public Task A_number_given_out_again_after_one_of_the_servers_processes_was_killed_does_not_either() =>
        CrashesAsync(async (server, session) =>
        {
            Signals.Send(session, Signal.Kill);
            while (await Record.ExceptionAsync(() => server.ExecuteAsync("shop", "select 1")) is not null)
            {
                // It throws everybody out and recovers by itself.
            }
        });

    [Fact]
    public async Task A_commit_whose_wait_for_the_standby_was_broken_off_is_unknown()
    {
        await using var server = await PostgresServer.CreateAsync();
        await using var store = await WaitingForAStandbyAsync(server);

        var marking = store.MarkAsync("only here");
        var session = await store.SessionWhereAsync("wait_event = 'SyncRep'");
        await store.ExecuteAsync($"select pg_cancel_backend({session})");

        Assert.IsType<Commit<int>.Unknown>(await marking);
        Assert.Equal(["only here"], await store.MarksAsync());
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_while_it_waited_for_the_standby_is_unknown()
    {
        await using var server = await PostgresServer.CreateAsync();
        await using var store = await WaitingForAStandbyAsync(server);

        var marking = store.MarkAsync("only here");
        await store.SessionWhereAsync("wait_event = 'SyncRep'");
        store.Way.Cut();

        Assert.IsType<Commit<int>.Unknown>(await marking);
        Assert.Equal(["only here"], await store.MarksAsync());
    }

    /// <param name="crash">What befalls the server before a commit reaches it; it is told the session's process.</param>
    private static async Task CrashesAsync(Func<PostgresServer, int, Task> crash)
    {
        // It writes down which numbers it gave out together with something else, or at the latest after this time.
        await using var server = await PostgresServer.CreateAsync(
            new() { Settings = [("wal_writer_delay", "10s"), ("autovacuum", "off")] });
        await using var store = await RemoteStore.CreateOnAsync(server);
        var reached = new TaskCompletionSource<Task>();
        var lost = 0L;
        var process = 0;
        store.Way.Rule = message =>
        {
            if (!message.IsCommit)
            {
                return new ProxyAction.Forward();
            }

            store.Way.Refuse();
            var crashed = crash(server, process);
            reached.SetResult(crashed);
            return new ProxyAction.Hold(crashed);
        };

        var writing = store.WriteAsync(async session =>
        {
            await session.MarkAsync("lost");
            lost = await session.NumberAsync(ForcedNumber);
            process = (int)await session.NumberAsync(new Statement("Process", "select pg_backend_pid()::bigint"));
            return true;
        });
        await await reached.Task;
        while (await FateOnAsync(server, lost) is null)
        {
            await server.ExecuteAsync("shop", "select pg_current_xact_id()");
        }

        Assert.Equal("committed", await FateOnAsync(server, lost));
        store.Way.Rule = TcpProxy.Forward;
        store.Way.Listen();

        Assert.IsType<Commit<bool>.Unknown>(await writing);
        Assert.Empty(await store.MarksAsync());
    }

    /// <summary>A store whose commits wait for a standby that is not there.</summary>
    private static async Task<RemoteStore> WaitingForAStandbyAsync(PostgresServer server)
    {
        await (await RemoteStore.CreateOnAsync(server)).DisposeAsync();
        await server.StopFastAsync();
        await server.StartAsync(("synchronous_standby_names", "nobody"));
        return await RemoteStore.CreateOnAsync(server);
    }

    /// <summary>Moves the clock on, past all the time in which the fate of a commit is asked for.</summary>
    private static async Task<T> UntilSettledAsync<T>(ManualClock clock, Task<T> commit)
    {
        while (!commit.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await commit;
    }

    private static async Task<string?> FateOnAsync(PostgresServer server, long number)
    {
        // A number that was not given out yet is an error and not an answer.
        var next = await server.AskAsync<long>("shop", "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        return number < next[0]
            ? (await server.AskAsync<string>("shop", $"select pg_xact_status('{number}')"))[0]
            : null;
    }
}
