using System.Diagnostics;
using Holdfast.Testing;

namespace Holdfast.Tests.Storage;

/// <summary>A PgBouncer before a server, through which everybody comes as the product's user.</summary>
internal sealed class Pooler : IAsyncDisposable
{
    // It ends with its input, which only the tests' process holds open.
    private const string Script = $"""{Program} "$0" & cat >/dev/null; kill $!; wait""";
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly Process _process;
    private readonly string _settings;

    private Pooler(Process process, int port, string settings)
    {
        _process = process;
        _settings = settings;
        Port = port;
    }

    public int Port { get; }

    /// <param name="mode">What is handed out: <c>session</c> or <c>transaction</c>.</param>
    /// <param name="connections">How many it makes to a database at most.</param>
    /// <param name="inTurn">It hands out the connection that has been idle for longest, and not the one it knows best.</param>
    public static async Task<Pooler> StartAsync(int server, string mode, int connections, bool inTurn = false)
    {
        Assert.True(File.Exists(Program), "The tests need PgBouncer: `apt-get install pgbouncer`.");
        var port = FreePort.Next();
        var settings = Path.Combine(Path.GetTempPath(), $"holdfast-pooler-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host=127.0.0.1 port={server} user={PostgresServer.User} password={PostgresServer.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {connections}
            server_round_robin = {(inTurn ? 1 : 0)}
            """,
            TestContext.Current.CancellationToken);
        var process = new Process { StartInfo = PostgresPrograms.Prepare("/bin/sh", "-c", Script, settings) };
        process.StartInfo.RedirectStandardInput = true;
        var up = new TaskCompletionSource();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("process up", StringComparison.Ordinal) is true)
            {
                up.TrySetResult();
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        await up.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return new(process, port, settings);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_settings);
    }
}
