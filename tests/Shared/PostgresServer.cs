using System.Diagnostics;
using System.Text;
using Npgsql;

namespace Holdfast.Testing;

/// <summary>
/// A real PostgreSQL server of the tests' own, on a free port of 127.0.0.1. It can be stopped, killed, started again,
/// and copied to a standby; none is left behind, not even by tests that are killed.
/// </summary>
/// <remarks>
/// It sorts texts as a dictionary does, like most servers of users: a statement that counts on the order of bytes
/// has to say so.
/// </remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Owns the databases, and may do no more than an owner may.</summary>
    public const string User = "holdfast";
    public const string Password = "password-of-the-tests";

    private const string Superuser = "postgres";
    private const string Ready = "database system is ready to accept";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgresServer>> ForAll = new(() => CreateAsync());

    private readonly PostgresOptions _options;
    private readonly Keeper _keeper;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private PostgresServer(PostgresOptions options)
    {
        _options = options;
        Directory = Path.Combine(options.Root, $"holdfast-postgres-{Guid.NewGuid():N}");
        _keeper = Keeper.OfPostgres(Directory);
    }

    public int Port { get; } = FreePort.Next();

    public string Directory { get; }

    /// <summary>The certificate a client has to trust; there only with TLS.</summary>
    public string CertificatePath => Path.Combine(Directory, "server.crt");

    /// <summary>Everything it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>One for all tests of this process that neither stop it nor set it otherwise.</summary>
    public static Task<PostgresServer> SharedAsync() => ForAll.Value;

    /// <summary>Makes a new server with no database of ours, and starts it.</summary>
    public static async Task<PostgresServer> CreateAsync(PostgresOptions? options = null)
    {
        var server = new PostgresServer(options ?? new());
        try
        {
            await server.InitializeAsync();
            await server.StartAsync();
            await server.ExecuteAsync("postgres", $"create role {User} login password '{Password}'");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits until it takes connections; where it stood before, on the same port.</summary>
    /// <param name="settings">For this run only.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message holds its log.</exception>
    public async Task StartAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        Debug.Assert(!IsRunning);
        (string Name, string Value)[] ordinary =
        [
            ("port", $"{Port}"),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", ""),
            ("max_connections", "200"),
            ("shared_buffers", "128MB"),
            ("dynamic_shared_memory_type", "mmap"),
            ("ssl", _options.Tls ? "on" : "off"),
        ];
        var start = PostgresPrograms.Prepare(
            "postgres",
            ["-D", Directory, .. ordinary.Concat(_options.Settings).Concat(settings).SelectMany<(string, string), string>(
                setting => ["-c", $"{setting.Item1}={setting.Item2}"])]);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process?.Dispose();
        _process = new() { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        _process.Start();
        _process.BeginErrorReadLine();
        await Task.WhenAny(ready.Task, _process.WaitForExitAsync()).WaitAsync(Deadline);
        if (!ready.Task.IsCompleted)
        {
            throw new InvalidOperationException($"PostgreSQL did not start: {Log}");
        }
    }

    /// <summary>Stops it in good order, though open transactions are rolled back (<c>pg_ctl stop -m fast</c>).</summary>
    public Task StopFastAsync() => StopAsync(Signal.Interrupt);

    /// <summary>Stops it without writing anything down: its next start recovers (<c>pg_ctl stop -m immediate</c>).</summary>
    public Task StopImmediatelyAsync() => StopAsync(Signal.Quit);

    /// <summary>Kills its first process, as the kernel does when memory runs out; the others notice, and end.</summary>
    public Task KillAsync() => StopAsync(Signal.Kill);

    /// <summary>Waits until it has ended by itself, as it does when it cannot write its log of changes.</summary>
    public async Task EndedAsync()
    {
        // Waits for the end of its output too, which comes when its last process is gone.
        await _process!.WaitForExitAsync().WaitAsync(Deadline);
    }

    /// <summary>What the product is told in <c>DATABASE_URL</c>.</summary>
    /// <param name="port">Another one where something stands between.</param>
    public string Url(string database, int? port = null) =>
        $"postgres://{User}:{Password}@127.0.0.1:{port ?? Port}/{database}{(_options.Tls ? "?sslmode=require" : "")}";

    /// <summary>A connection of the product's user, opened, that is in no pool.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, int? port = null)
    {
        var connection = new NpgsqlConnection(ConnectionString(database, User, port ?? Port));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A connection that may do everything, opened, that is in no pool.</summary>
    public NpgsqlConnection OpenAsSuperuser(string database)
    {
        var connection = new NpgsqlConnection(ConnectionString(database, Superuser, Port));
        connection.Open();
        return connection;
    }

    /// <summary>Makes a database that the product's user owns.</summary>
    /// <param name="template">A database to copy, to which nobody is connected.</param>
    public Task CreateDatabaseAsync(string name, string template = "template1", string tablespace = "pg_default") =>
        ExecuteAsync(
            "postgres", $"""create database "{name}" owner {User} template "{template}" tablespace "{tablespace}" """);

    /// <summary>Ends every connection to the database and drops it.</summary>
    public Task DropDatabaseAsync(string name) => ExecuteAsync("postgres", $"""drop database "{name}" with (force)""");

    /// <summary>Makes a place for databases, in a directory of its own in one that anybody can write to.</summary>
    public async Task CreateTablespaceAsync(string name, string root)
    {
        var path = Path.Combine(root, name);
        await PostgresPrograms.RunAsync("/bin/mkdir", path);
        await ExecuteAsync("postgres", $"""create tablespace "{name}" location '{path}'""");
    }

    /// <summary>Runs SQL as the superuser.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = OpenAsSuperuser(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Asks as the superuser.</summary>
    /// <returns>The first column.</returns>
    public async Task<List<T>> AskAsync<T>(string database, string sql)
    {
        await using var connection = OpenAsSuperuser(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var answer = new List<T>();
        while (await rows.ReadAsync())
        {
            answer.Add(await rows.GetFieldValueAsync<T>(0));
        }

        return answer;
    }

    /// <summary>Makes a second server that follows this one and can be read from.</summary>
    public async Task<PostgresServer> CreateStandbyAsync()
    {
        var standby = new PostgresServer(_options);
        try
        {
            var copy = PostgresPrograms.Prepare(
                "pg_basebackup",
                "-h", "127.0.0.1", "-p", $"{Port}", "-U", Superuser, "-D", standby.Directory, "-c", "fast", "-R");
            copy.Environment["PGPASSWORD"] = Password;
            await PostgresPrograms.RunAsync(copy);
            await standby.StartAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby a server of its own, which takes writes.</summary>
    public async Task PromoteAsync() =>
        Assert.Equal([true], await AskAsync<bool>("postgres", "select pg_promote(wait => true, wait_seconds => 60)"));

    /// <summary>Ends it on the spot, and deletes all it kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _keeper.DisposeAsync();
        if (_process is not null)
        {
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    private async Task InitializeAsync()
    {
        string[] log = _options.LogRoot is { } root ? ["--waldir", Path.Combine(root, "log")] : [];
        await WithFileAsync(Password, file => PostgresPrograms.RunAsync(
            "initdb",
            ["-D", Directory, "-U", Superuser, "--pwfile", file, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--locale-provider=icu", "--icu-locale=en", "--no-sync", "--no-instructions", .. log]));
        if (_options.Tls)
        {
            var made = PostgresCertificate.Create();
            await WriteAsync(CertificatePath, made.Certificate);
            await WriteAsync(Path.Combine(Directory, "server.key"), made.Key);
            await WriteAsync(
                Path.Combine(Directory, "pg_hba.conf"),
                """
                hostssl all all 127.0.0.1/32 scram-sha-256
                hostssl replication all 127.0.0.1/32 scram-sha-256

                """);
        }
    }

    /// <summary>Writes a file that is the server's own, and that nobody else can read.</summary>
    private static Task WriteAsync(string path, string text) =>
        WithFileAsync(text, file => PostgresPrograms.RunAsync("/usr/bin/install", "-m", "600", file, path));

    /// <summary>Lends out a file that the server's user can read.</summary>
    private static async Task WithFileAsync(string text, Func<string, Task> use)
    {
        var file = Path.Combine(Path.GetTempPath(), $"holdfast-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(file, text);
        try
        {
            await use(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task StopAsync(Signal signal)
    {
        Signals.Send(_process!.Id, signal);
        await EndedAsync();
    }

    private string ConnectionString(string database, string user, int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
        Username = user,
        Password = Password,
        SslMode = _options.Tls ? SslMode.Require : SslMode.Disable,
        Pooling = false,
    }.ConnectionString;

    private void Hear(string? line, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (line.Contains(Ready, StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
