using Holdfast.Storage;
using Holdfast.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Holdfast.Tests.Storage;

/// <summary>What Holdfast does not start with. Each message names the cause and the way out, and never the password.</summary>
public sealed class PostgresStartTests
{
    private const string CheckIt = "Check that it exists, that DATABASE_URL has the right user and password, and that "
        + "this user owns the schema holdfast or may create it.";

    private const string User = $"{PostgresServer.User}:{PostgresServer.Password}";

    [Fact]
    public async Task A_server_that_does_not_flush_is_refused()
    {
        await using var server = await PostgresServer.CreateAsync(new() { Settings = [("fsync", "off")] });

        Assert.Equal(
            $"The database 127.0.0.1:{server.Port}/postgres cannot be used. The server runs with fsync=off: a power "
            + "failure could take back what was acknowledged. Switch fsync on.",
            await RefusedAsync(User, server.Port, "postgres"));
    }

    [Fact]
    public async Task A_replica_is_refused()
    {
        await using var primary = await PostgresServer.CreateAsync();
        await using var standby = await primary.CreateStandbyAsync();

        Assert.Equal(
            $"The database 127.0.0.1:{standby.Port}/postgres cannot be used. The server is a replica, which takes no "
            + "writes. Name the primary, or several hosts to choose it from.",
            await RefusedAsync(User, standby.Port, "postgres"));
    }

    [Fact]
    public async Task A_database_that_cannot_hold_every_character_is_refused()
    {
        await using var database = await OddDatabase.CreateAsync(
            "encoding 'LATIN1' template template0 locale 'C' locale_provider libc");

        Assert.Equal(
            $"The database 127.0.0.1:{database.Port}/{database.Name} cannot be used. The database's encoding is not UTF8, "
            + "so it cannot hold every event. Create one with encoding 'UTF8'.",
            await RefusedAsync(User, database.Port, database.Name));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var server = await PostgresServer.SharedAsync();

        Assert.Equal(
            $"The database 127.0.0.1:{server.Port}/postgres cannot be used: password authentication failed for user "
            + $"\"{PostgresServer.User}\" (28P01). {CheckIt}",
            await RefusedAsync($"{PostgresServer.User}:wrong-password", server.Port, "postgres"));
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_refused()
    {
        var server = await PostgresServer.SharedAsync();

        Assert.Equal(
            $"The database 127.0.0.1:{server.Port}/nowhere cannot be used: database \"nowhere\" does not exist (3D000). "
            + CheckIt,
            await RefusedAsync(User, server.Port, "nowhere"));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_named()
    {
        var port = FreePort.Next();

        Assert.Equal(
            $"The database 127.0.0.1:{port}/shop cannot be reached: Connection refused. Check DATABASE_URL, and that the "
            + "server runs, takes writes and lets this machine in.",
            await RefusedAsync(User, port, "shop"));
    }

    [Fact]
    public async Task A_user_whose_sessions_only_read_is_refused()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await database.ExecuteAsync(
            $"""
            create role "{database.Name}" login password 'password-of-a-reader';
            alter role "{database.Name}" set default_transaction_read_only = on;
            """);

        Assert.Equal(
            $"The database 127.0.0.1:{database.Port}/{database.Name} cannot be used. Sessions on it are read-only by "
            + "default. Set default_transaction_read_only to off for our user.",
            await RefusedAsync($"{database.Name}:password-of-a-reader", database.Port, database.Name));
    }

    [Fact]
    public async Task A_user_who_may_not_create_a_schema_is_refused()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await database.ExecuteAsync($"""create role "{database.Name}" login password 'password-of-a-guest'""");

        Assert.Equal(
            $"The database 127.0.0.1:{database.Port}/{database.Name} cannot be used: permission denied for database "
            + $"{database.Name} (42501). {CheckIt}",
            await RefusedAsync($"{database.Name}:password-of-a-guest", database.Port, database.Name));
    }

    [Fact]
    public async Task A_schema_that_belongs_to_somebody_else_is_refused()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await database.ExecuteAsync($"create schema {PostgresSettings.Schema}");

        Assert.Equal(
            $"The database 127.0.0.1:{database.Port}/{database.Name} cannot be used: no schema has been selected "
            + $"to create in (3F000). {CheckIt}",
            await RefusedAsync(User, database.Port, database.Name));
    }

    [Theory, InlineData(1), InlineData(20)]
    public async Task A_pooler_that_hands_one_sessions_transactions_to_different_connections_is_refused(int connections)
    {
        await using var database = await OddDatabase.CreateAsync("");
        await using var pooler = await Pooler.StartAsync(database.Port, "transaction", connections);

        Assert.Equal(
            $"The database 127.0.0.1:{pooler.Port}/{database.Name} cannot be used. Between us and the server is a pooler "
            + "that hands one session's transactions to different connections. Locks, settings and notifications do not "
            + "survive that: connect to the server itself, or let the pooler pool sessions (PgBouncer: pool_mode = session).",
            await RefusedAsync(User, pooler.Port, database.Name));
    }

    [Fact]
    public async Task A_pooler_of_transactions_that_hands_out_two_connections_in_turn_is_refused_too()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await using var pooler = await Pooler.StartAsync(database.Port, "transaction", connections: 2, inTurn: true);
        await using (var one = await OpenAsync(pooler, database))
        await using (var other = await OpenAsync(pooler, database))
        {
            // It has made both by now, as it has at every start but the first.
            await RunAsync(one, "begin");
            await RunAsync(other, "begin");
            await RunAsync(one, "commit");
            await RunAsync(other, "commit");
        }

        Assert.Contains("a pooler that hands", await RefusedAsync(User, pooler.Port, database.Name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_pooler_of_sessions_a_session_is_known_by_the_servers_own_number()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await using var pooler = await Pooler.StartAsync(database.Port, "session", connections: 20);
        await using var pool = new PostgresPool(
            PostgresAddress.Parse($"postgres://{User}@127.0.0.1:{pooler.Port}/{database.Name}"), PostgresSettings.Work, new());

        var lent = await pool.TakeAsync(TestContext.Current.CancellationToken);

        Assert.Equal(lent.Session, lent.Connection.Ask("select pg_backend_pid()"));
        pool.GiveBack(lent);
    }

    [Theory]
    [InlineData("140012", "14.12", false), InlineData("150000", "15.0", true), InlineData("170002", "17.2", true)]
    public void A_server_older_than_15_is_refused(string number, string version, bool isTaken) =>
        Assert.Equal(
            isTaken ? null : $"PostgreSQL there is {version}. Holdfast needs 15 or newer.",
            PostgresChecks.TooOld(number, version));

    [Fact]
    public async Task A_start_that_stands_still_with_all_locks_in_its_hands_holds_up_the_others_for_seconds()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await using var way = TcpProxy.Start(database.Port);
        await using var frozen = NewDatabase(User, way.Port, database.Name);
        await using var other = NewDatabase(User, database.Port, database.Name);
        var (reached, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        way.Rule = message =>
        {
            if (!message.IsCommit || reached.Task.IsCompleted)
            {
                return new ProxyAction.Forward();
            }

            reached.TrySetResult();
            return new ProxyAction.Hold(never.Task);
        };

        var standing = frozen.OpenAsync(TestContext.Current.CancellationToken);
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        await other.OpenAsync(TestContext.Current.CancellationToken);

        // The server has given it up, and it begins anew.
        await standing;
        Assert.IsType<Commit<int>.Committed>(await frozen.WriteAsync(
            Turn.Work, session => session.MarkAsync("kept"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pooler_of_sessions_will_do()
    {
        await using var database = await OddDatabase.CreateAsync("");
        await using var pooler = await Pooler.StartAsync(database.Port, "session", connections: 20);
        await using var store = NewDatabase(User, pooler.Port, database.Name);

        await store.OpenAsync(TestContext.Current.CancellationToken);

        var commit = await store.WriteAsync(
            Turn.Work, session => session.MarkAsync("kept"), TestContext.Current.CancellationToken);
        Assert.IsType<Commit<int>.Committed>(commit);
    }

    private static async Task<NpgsqlConnection> OpenAsync(Pooler pooler, OddDatabase database)
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={pooler.Port};Database={database.Name};Username={PostgresServer.User};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> RefusedAsync(string user, int port, string name)
    {
        await using var database = NewDatabase(user, port, name);
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(
            () => database.OpenAsync(TestContext.Current.CancellationToken));
        return refused.Message;
    }

    private static PostgresDatabase NewDatabase(string user, int port, string name) => new(
        PostgresAddress.Parse($"postgres://{user}@127.0.0.1:{port}/{name}"),
        TimeProvider.System,
        NullLogger<PostgresDatabase>.Instance);

    /// <summary>A database on the server of all tests that is not as it should be; a role may bear its name.</summary>
    private sealed record OddDatabase(PostgresServer Server, string Name) : IAsyncDisposable
    {
        public int Port => Server.Port;

        public static async Task<OddDatabase> CreateAsync(string how)
        {
            var database = new OddDatabase(await PostgresServer.SharedAsync(), $"odd_{Guid.NewGuid():N}");
            await database.Server.ExecuteAsync(
                "postgres", $"create database {database.Name} owner {PostgresServer.User} {how}");
            return database;
        }

        public Task ExecuteAsync(string sql) => Server.ExecuteAsync(Name, sql);

        public async ValueTask DisposeAsync()
        {
            await Server.DropDatabaseAsync(Name);
            await Server.ExecuteAsync("postgres", $"drop role if exists {Name}");
        }
    }
}
