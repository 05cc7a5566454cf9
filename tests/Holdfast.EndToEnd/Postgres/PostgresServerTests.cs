using Npgsql;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>The server that all else about PostgreSQL is tested with.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task What_was_committed_outlives_every_way_to_end_the_server()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.CreateDatabaseAsync("shop");
        await using (var owner = await server.OpenAsync("shop"))
        {
            await using var create = new NpgsqlCommand("create table moments (name text)", owner);
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Func<Task>[] ends = [server.StopFastAsync, server.StopImmediatelyAsync, server.KillAsync];
        for (var number = 1; number <= ends.Length; number++)
        {
            await server.ExecuteAsync("shop", $"insert into moments values ('{number}')");
            await ends[number - 1]();
            Assert.False(server.IsRunning);
            await server.StartAsync();
            Assert.Equal(number, Assert.Single(await server.AskAsync<long>("shop", "select count(*) from moments")));
        }
    }

    [Fact]
    public async Task A_server_that_was_killed_leaves_no_process_no_file_and_no_memory_behind()
    {
        var server = await PostgresServer.CreateAsync();
        var first = (await File.ReadAllLinesAsync(
            Path.Combine(server.Directory, "postmaster.pid"), TestContext.Current.CancellationToken))[0];
        await server.KillAsync();
        await server.DisposeAsync();

        Assert.False(Directory.Exists(server.Directory));
        Assert.False(Directory.Exists($"/proc/{first}"));
        var left = await File.ReadAllTextAsync("/proc/sysvipc/shm", TestContext.Current.CancellationToken);
        Assert.DoesNotContain($" {first} ", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_may_be_copied_and_dropped_while_somebody_is_connected_to_the_copy()
    {
        var server = await PostgresServer.SharedAsync();
        await server.CreateDatabaseAsync("original");
        await server.ExecuteAsync("original", "create table things as select 7 as number");
        await server.CreateDatabaseAsync("copy", template: "original");
        await using var connected = await server.OpenAsync("copy");

        Assert.Equal([7], await server.AskAsync<int>("copy", "select number from things"));
        await server.DropDatabaseAsync("copy");
        await server.DropDatabaseAsync("original");

        Assert.Equal([], await server.AskAsync<string>(
            "postgres", "select datname from pg_database where datname in ('original', 'copy')"));
    }

    [Fact]
    public async Task The_product_s_user_owns_its_database_and_is_no_superuser()
    {
        var server = await PostgresServer.SharedAsync();
        Assert.Equal([false], await server.AskAsync<bool>(
            "postgres", $"select rolsuper from pg_roles where rolname = '{PostgresServer.User}'"));
    }

    [Fact]
    public async Task A_standby_follows_and_takes_over()
    {
        await using var primary = await PostgresServer.CreateAsync();
        await primary.CreateDatabaseAsync("shop");
        await using var standby = await primary.CreateStandbyAsync();
        await primary.ExecuteAsync("shop", "create table things as select 7 as number");
        await Wait.UntilAsync("the standby has followed", async () =>
            await standby.AskAsync<bool>("shop", "select to_regclass('things') is not null") is [true]);
        await primary.StopFastAsync();

        await standby.PromoteAsync();

        await standby.ExecuteAsync("shop", "insert into things values (8)");
        Assert.Equal([7, 8], await standby.AskAsync<int>("shop", "select number from things order by number"));
    }

    [Fact]
    public async Task With_tls_nobody_connects_without_and_its_certificate_can_be_verified()
    {
        await using var server = await PostgresServer.CreateAsync(new() { Tls = true });
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = PostgresServer.User,
            Password = PostgresServer.Password,
            Database = "postgres",
            Pooling = false,
            SslMode = SslMode.Disable,
        };
        await using (var plain = new NpgsqlConnection(connection.ConnectionString))
        {
            await Assert.ThrowsAsync<PostgresException>(
                () => plain.OpenAsync(TestContext.Current.CancellationToken));
        }

        connection.SslMode = SslMode.VerifyFull;
        connection.RootCertificate = server.CertificatePath;
        await using var verified = new NpgsqlConnection(connection.ConnectionString);
        await verified.OpenAsync(TestContext.Current.CancellationToken);
    }
}
