using System.Net;
using System.Net.Sockets;
using Holdfast.Storage;
using Holdfast.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Storage;

/// <summary>How the server is reached: encrypted, and wherever among several hosts it is.</summary>
public sealed class PostgresConnectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData("require"), InlineData("verify-ca"), InlineData("verify-full")]
    public async Task Over_tls_with_the_servers_certificate_every_connection_is_encrypted(string mode)
    {
        await using var server = await TlsServerAsync();
        await using var database = NewDatabase(
            $"127.0.0.1:{server.Port}", $"?sslmode={mode}&sslrootcert={server.CertificatePath}");

        await database.OpenAsync(Ct);

        const string IsEncrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        Assert.Equal(["true"], await database.ReadAsync(session => session.AskAsync(IsEncrypted), Ct));
        var commit = await database.WriteAsync(Turn.Ingest, session => session.AskAsync(IsEncrypted), Ct);
        Assert.Equal(["true"], commit.OrThrow());
    }

    [Theory, InlineData("verify-ca"), InlineData("verify-full"), InlineData("require")]
    public async Task A_certificate_that_another_root_signed_is_refused(string mode)
    {
        await using var server = await TlsServerAsync();
        var root = Path.GetTempFileName();
        await File.WriteAllTextAsync(root, PostgresCertificate.Create().Certificate, Ct);
        await using var database = NewDatabase($"127.0.0.1:{server.Port}", $"?sslmode={mode}&sslrootcert={root}");

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => database.OpenAsync(Ct));

        File.Delete(root);
        Assert.Equal(
            $"The database 127.0.0.1:{server.Port}/shop shows a certificate that cannot be trusted. Check that the root in "
            + "sslrootcert has signed it, and that it is made for the host in DATABASE_URL.",
            refused.Message);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_when_the_name_is_to_be_verified()
    {
        await using var server = await TlsServerAsync(("listen_addresses", "127.0.0.1,127.0.0.2"));
        await using var database = NewDatabase(
            $"127.0.0.2:{server.Port}", $"?sslmode=verify-full&sslrootcert={server.CertificatePath}");

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => database.OpenAsync(Ct));

        Assert.Contains("a certificate that cannot be trusted", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_vanished_and_refuses_nothing_is_soon_left_for_the_next_one()
    {
        var primary = await PostgresServer.SharedAsync();
        using var vanished = new TcpListener(IPAddress.Loopback, 0);
        vanished.Start();
        var hosts = $"127.0.0.1:{((IPEndPoint)vanished.LocalEndpoint).Port},127.0.0.1:{primary.Port}";
        await using var pool = new PostgresPool(
            PostgresAddress.Parse($"postgres://{PostgresServer.User}:{PostgresServer.Password}@{hosts}/postgres"),
            PostgresSettings.Work,
            new());

        var lent = await pool.TakeAsync(Ct);

        Assert.Equal(primary.Port, lent.Inner.Port);
        pool.GiveBack(lent);
    }

    [Theory, InlineData("", 3), InlineData("?connect_timeout=20", 20)]
    public void A_host_has_three_seconds_to_answer_unless_the_url_says_otherwise(string parameters, int seconds) =>
        Assert.Equal(seconds, PostgresAddress.Parse($"postgres://db1,db2/shop{parameters}").ToBuilder().Timeout);

    [Fact]
    public async Task Several_hosts_of_which_none_answers_are_named()
    {
        var (one, other) = ($"127.0.0.1:{FreePort.Next()}", $"127.0.0.1:{FreePort.Next()}");
        await using var database = NewDatabase($"{one},{other}");

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => database.OpenAsync(Ct));

        Assert.Equal(
            $"The database {one},{other}/shop cannot be reached: Failed to connect to {one}; Failed to connect to {other}. "
            + "Check DATABASE_URL, and that the server runs, takes writes and lets this machine in.",
            refused.Message);
    }

    [Fact]
    public async Task Several_hosts_of_which_none_takes_writes_are_refused()
    {
        await using var primary = await PostgresServer.CreateAsync();
        await primary.CreateDatabaseAsync("shop");
        await using var standby = await primary.CreateStandbyAsync();
        await using var second = await primary.CreateStandbyAsync();
        var hosts = $"127.0.0.1:{standby.Port},127.0.0.1:{second.Port}";
        await using var database = NewDatabase(hosts);

        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => database.OpenAsync(Ct));

        Assert.Equal(
            $"The database {hosts}/shop cannot be reached: No suitable host was found. "
            + "Check DATABASE_URL, and that the server runs, takes writes and lets this machine in.",
            refused.Message);
    }

    [Fact]
    public async Task Among_several_hosts_it_finds_the_primary_and_the_new_one_after_a_failover()
    {
        await using var primary = await PostgresServer.CreateAsync();
        await primary.CreateDatabaseAsync("shop");
        await using var standby = await primary.CreateStandbyAsync();
        await using var database = NewDatabase($"127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}");
        await database.OpenAsync(Ct);
        Assert.IsType<Commit<int>.Committed>(await MarkAsync(database, "on the first"));
        await primary.StopFastAsync();

        var whileAway = await MarkAsync(database, "on none");
        await standby.PromoteAsync();
        while (await MarkAsync(database, "on the second") is not Commit<int>.Committed)
        {
            Ct.ThrowIfCancellationRequested();
        }

        Assert.True(database.IsUnavailable(Assert.IsType<Commit<int>.RolledBack>(whileAway).Cause));
        Assert.Equal(
            ["on the first", "on the second"],
            await standby.AskAsync<string>("shop", "select name from holdfast.counters order by name"));
    }

    private static async Task<PostgresServer> TlsServerAsync(params (string, string)[] settings)
    {
        var server = await PostgresServer.CreateAsync(new() { Tls = true, Settings = settings });
        await server.CreateDatabaseAsync("shop");
        return server;
    }

    private static PostgresDatabase NewDatabase(string hosts, string parameters = "") => new(
        PostgresAddress.Parse(
            $"postgres://{PostgresServer.User}:{PostgresServer.Password}@{hosts}/shop{parameters}"),
        TimeProvider.System,
        NullLogger<PostgresDatabase>.Instance);

    private static Task<Commit<int>> MarkAsync(PostgresDatabase database, string mark) =>
        database.WriteAsync(Turn.Work, session => session.MarkAsync(mark), Ct);
}
