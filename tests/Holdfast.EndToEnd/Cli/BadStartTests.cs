using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace Holdfast.EndToEnd.Cli;

/// <summary>A server that must not start says why in a sentence, exits 2, and touches nothing.</summary>
public sealed class BadStartTests : IDisposable
{
    private readonly WorkingDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task Without_a_signing_secret_in_production() =>
        RefusesAsync("Set STRIPE_WEBHOOK_SECRET", ("STRIPE_WEBHOOK_SECRET", null));

    [Fact]
    public Task With_a_misspelt_setting() =>
        RefusesAsync(
            "Holdfast:Jobs:BatchSice is no setting; did you mean Jobs:BatchSize?", ("Holdfast__Jobs__BatchSice", "10"));

    [Fact]
    public Task With_a_misspelt_short_name() =>
        RefusesAsync("HOLDFAST_URL is no setting; did you mean HOLDFAST_URLS?", ("HOLDFAST_URL", "http://127.0.0.1:1"));

    [Fact]
    public async Task With_several_errors_all_of_them_are_told()
    {
        var errors = await RefusesAsync(
            "HOLDFAST_MODE is \"liv\"", ("HOLDFAST_MODE", "liv"), ("DATABASE_URL", "mysql://x"));

        Assert.Contains("DATABASE_URL: It is neither sqlite:PATH", errors, StringComparison.Ordinal);
        Assert.Equal(2, errors.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task With_a_malformed_plans_file_whose_every_error_is_told()
    {
        _directory.Write("plans.json", """
            {"plans":[{"id":"pro","features":{"export":"yes"}},{"id":"pro","prices":["price_1"],"colour":"red"}]}
            """);

        var errors = await RefusesAsync("plans.json cannot be used:", ("HOLDFAST_PLANS", "plans.json"));

        Assert.Contains("export", errors, StringComparison.Ordinal);
        Assert.Contains("colour", errors, StringComparison.Ordinal);
    }

    [Fact]
    public Task With_a_plans_file_that_is_not_there() =>
        RefusesAsync("HOLDFAST_PLANS names nowhere.json, which is not there.", ("HOLDFAST_PLANS", "nowhere.json"));

    [Fact]
    public async Task With_settings_that_are_no_json()
    {
        _directory.Write("appsettings.json", "{ \"Holdfast\": ");

        await RefusesAsync("appsettings.json");
    }

    [Fact]
    public Task With_a_secrets_directory_that_is_not_there() =>
        RefusesAsync("nowhere", ("Holdfast__SecretsDirectory", "nowhere"));

    [Fact]
    public async Task With_addresses_that_nothing_checks()
    {
        _directory.Write("appsettings.json", """{"Kestrel":{"Endpoints":{"Open":{"Url":"http://0.0.0.0:9999"}}}}""");

        await RefusesAsync("Set HOLDFAST_URLS instead.");
    }

    [Fact]
    public Task Open_to_the_network_without_tls_in_production() =>
        RefusesAsync("opens plain HTTP to the network.", ("HOLDFAST_URLS", "http://0.0.0.0:0"));

    [Theory]
    [InlineData("8000", "HOLDFAST_URLS holds \"8000\", which is no address to listen on")]
    [InlineData("https://", "which is no address to listen on")]
    [InlineData("https://127.0.0.1:0", "a proxy in front of it ends TLS")]
    [InlineData("http://127.0.0.1:0/holdfast", "write an address and a port")]
    [InlineData("http://localhost:0", "write an address and a port")]
    public Task On_an_address_that_is_none(string urls, string why) => RefusesAsync(why, ("HOLDFAST_URLS", urls));

    [Fact]
    public async Task On_a_port_in_use()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await RefusesAsync(
            $"The port {port} of http://127.0.0.1:{port} is in use", ("HOLDFAST_URLS", $"http://127.0.0.1:{port}"));
    }

    [Fact]
    public async Task On_the_database_of_a_newer_version()
    {
        Assert.Equal(0, (await HoldfastRun.OfAsync(_directory.Path, ["migrate"])).ExitCode);
        Sqlite(_directory.Database, "insert into migrations values (9999, '9999_drop_future_needs_9998', 'x', 0)");

        await RefusesAsync("the schema step 9999_drop_future_needs_9998, which this version of Holdfast cannot work with");
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    public async Task On_the_database_of_another_process(string verb)
    {
        await using var first = await HoldfastProcess.StartAsync(_directory);

        var run = await HoldfastRun.OfAsync(_directory.Path, [verb], HoldfastProcess.Defaults);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("Another process uses the database ", run.Errors, StringComparison.Ordinal);
        await first.TellAsync("product.created", """{"id":"prod_1","object":"product"}""");
    }

    [Fact]
    public async Task On_a_text_file()
    {
        _directory.Write("data/holdfast.db", "Dear diary, this is no database, however long. " + new string('.', 200));

        await RefusesAsync("was not made by Holdfast: it is not an SQLite database.");
    }

    [Fact]
    public async Task On_the_database_of_another_program()
    {
        Directory.CreateDirectory(_directory.At("data"));
        Sqlite(_directory.Database, "create table notes (text); insert into notes values ('precious')");

        await RefusesAsync("was not made by Holdfast: it is the SQLite database of another program.");
    }

    /// <returns>What it wrote to stderr.</returns>
    private async Task<string> RefusesAsync(string why, params IEnumerable<(string Name, string? Value)> settings)
    {
        var before = Contents();

        var run = await HoldfastRun.OfAsync(_directory.Path, ["serve"], [.. HoldfastProcess.Defaults, .. settings]);

        Assert.Contains(why, run.Errors, StringComparison.Ordinal);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
        return run.Errors;
    }

    /// <summary>But for the empty file by which processes tell each other of a database; it is nobody's data.</summary>
    private Dictionary<string, string> Contents() =>
        _directory.Contents().Where(file => !file.Key.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary();

    private static void Sqlite(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
