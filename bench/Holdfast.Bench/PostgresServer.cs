using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Npgsql;

namespace Holdfast.Bench;

/// <summary>
/// A PostgreSQL server of the bench's own: freshly made in a directory of its own, as durable as PostgreSQL is by
/// default, and gone with the bench.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // As everywhere; one peer names this role in its migrations.
    private const string User = "postgres";
    private const int Interrupt = 2;

    private const string Counter = "pg_stat_statements";

    /// <summary>What an administrator sets first; all else is PostgreSQL's default, and so is all durability.</summary>
    private static readonly string[] Settings =
    [
        "shared_buffers=1GB",
        "max_wal_size=4GB",
        "max_connections=200",
    ];

    private static readonly string[] Told =
    [
        "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size", "default_toast_compression",
    ];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _home;
    private readonly string _password;
    private readonly int _port;
    private readonly bool _countsStatements;

    private PostgresServer(Process process, string home, string password, int port, bool countsStatements)
    {
        (_process, _home, _password, _port, _countsStatements) = (process, home, password, port, countsStatements);
        AppDomain.CurrentDomain.ProcessExit += Interrupted;
    }

    /// <summary>Its version and the settings that matter here, as it states them.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Makes and starts one.</summary>
    /// <param name="directory">Where its own directory is made.</param>
    /// <param name="settings">More of its settings, such as <c>wal_compression=lz4</c>.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresServer> StartAsync(string directory, IReadOnlyList<string> settings)
    {
        var home = Directory.CreateDirectory(Path.Combine(directory, Guid.CreateVersion7().ToString("N"))).FullName;
        var (data, password) = (Path.Combine(home, "data"), RandomNumberGenerator.GetHexString(32));
        var passwordFile = Path.Combine(home, "password");
        await File.WriteAllTextAsync(passwordFile, password);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(Process.Start("chown", ["-R", "postgres", home]));
        }

        await RunAsync(Start(
            "initdb", "-D", data, "-U", User, "--pwfile", passwordFile, "--auth=scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8"));
        var port = ServerProcess.FreePort();
        string[] all =
            [$"port={port}", "listen_addresses=127.0.0.1", $"unix_socket_directories={home}", .. Settings, .. settings];
        var server = new PostgresServer(
            Start("postgres", ["-D", data, .. all.SelectMany(setting => new[] { "-c", setting })]),
            home,
            password,
            port,
            settings.Any(setting => setting.Contains(Counter, StringComparison.Ordinal)));
        try
        {
            server.Description = await server.DescribeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <returns>The name of a new, empty database.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"bench_{Guid.CreateVersion7():N}";
        await using var connection = await OpenAsync("postgres");
        await ExecuteAsync(connection, $"create database {name}");
        await ExecuteAsync(connection, "checkpoint");
        return name;
    }

    /// <summary>Drops a database, whoever may still be connected, and tells what took its time.</summary>
    public async Task DropAsync(string database)
    {
        await using var connection = await OpenAsync("postgres");
        if (_countsStatements)
        {
            await TellStatementsAsync(connection, database);
        }

        await ExecuteAsync(connection, $"drop database if exists {database} with (force)");
    }

    /// <summary>What the programs under measurement are given.</summary>
    public string Url(string database) => $"postgres://{User}:{_password}@127.0.0.1:{_port}/{database}";

    /// <summary>A connection that no pool keeps.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _port,
            Database = database,
            Username = User,
            Password = _password,
            Pooling = false,
            CommandTimeout = 0,
        }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The processor time used so far by it and all processes it started.</summary>
    public TimeSpan ProcessorTime()
    {
        var ticks = Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Sum(Ticks);
        return TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Interrupted;
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, Interrupt);
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token);
        }

        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    // The kernel counts in hundredths of a second for every program, whatever it uses itself.
    private const int TicksPerSecond = 100;

    private long Ticks(string path)
    {
        try
        {
            // The name, in brackets, may hold anything; behind it: state, parent, …, user and system time, and those of
            // the children that have ended.
            var stat = File.ReadAllText($"{path}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            var isItself = path.EndsWith($"/{_process.Id}", StringComparison.Ordinal);
            return isItself || parent == _process.Id
                ? fields[11..(isItself ? 15 : 13)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture))
                : 0;
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return 0;
        }
    }

    private async Task<string> DescribeAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync("postgres");
                var shown = new List<string>();
                foreach (var setting in Told)
                {
                    await using var command = new NpgsqlCommand($"show {setting}", connection);
                    shown.Add($"{setting}={await command.ExecuteScalarAsync()}");
                }

                return $"PostgreSQL {connection.PostgreSqlVersion}, {string.Join(", ", shown)}";
            }
            catch (NpgsqlException) when (!_process.HasExited && Stopwatch.GetElapsedTime(since) < StartLimit)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task TellStatementsAsync(NpgsqlConnection connection, string database)
    {
        await ExecuteAsync(connection, $"create extension if not exists {Counter}");
        await using var command = new NpgsqlCommand(
            """
            select format(
                '%s ms, %s calls, %s ms each, %s rows, %s kB of log: %s',
                round(total_exec_time::numeric), calls, round(mean_exec_time::numeric, 3), rows, wal_bytes / 1024,
                left(regexp_replace(query, '\s+', ' ', 'g'), 110))
            from pg_stat_statements s
            join pg_database d on d.oid = s.dbid
            where datname = @database and calls > 1
            order by total_exec_time desc
            limit 25
            """,
            connection);
        command.Parameters.AddWithValue("database", database);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            Console.Error.WriteLine($"  {rows.GetString(0)}");
        }
    }

    private void Interrupted(object? sender, EventArgs args) => _ = Signal(_process.Id, Interrupt);

    /// <summary>Starts one of PostgreSQL's programs, as its own user when we are root: it refuses to serve as root.</summary>
    private static Process Start(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs(), program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.Write(
            line.Data is { } text && !text.Contains(" LOG: ", StringComparison.Ordinal) ? $"  | {text}\n" : "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Programs() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(directory => File.Exists(Path.Combine(directory, "initdb")))
                .MaxBy(directory => directory, StringComparer.Ordinal) ?? throw Missing()
            : throw Missing();

    private static InvalidOperationException Missing() =>
        new("No PostgreSQL server is installed below /usr/lib/postgresql: apt-get install postgresql.");

    private static async Task RunAsync(Process process)
    {
        await process.WaitForExitAsync();
        if (process.ExitCode is not 0)
        {
            throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
