using System.Diagnostics;

namespace Holdfast.Testing;

/// <summary>
/// A process beside the tests that ends a server and deletes its directory: when it is told to, and also when the
/// tests' process ends in whatever way, be it killed. It waits on a pipe that only the tests' process holds open.
/// </summary>
internal sealed class PostgresKeeper : IAsyncDisposable
{
    // Every process of a server works in the server's directory, which no other process does. One that was killed
    // leaves its segment of System V memory behind, and notes that segment in the seventh line of its pid file.
    private const string Script = """
        trap '' HUP INT TERM
        cat >/dev/null
        directory=$0
        processes() { ls -l /proc/[0-9]*/cwd 2>/dev/null | sed -n "s|.*/proc/\([0-9]*\)/cwd -> $directory\$|\1|p"; }
        kill -QUIT $(processes) 2>/dev/null
        for i in $(seq 100); do [ -n "$(processes)" ] || break; sleep 0.05; done
        while [ -n "$(processes)" ]; do kill -KILL $(processes) 2>/dev/null; sleep 0.05; done
        set -- $(sed -n '1p;7p' "$directory/postmaster.pid" 2>/dev/null)
        segment=$(awk -v maker="$1" -v id="$3" '$2 == id && $5 == maker && $7 == 0 { print id }' /proc/sysvipc/shm)
        [ -z "$segment" ] || ipcrm -m "$segment"
        rm -rf "$directory"
        """;

    private readonly Process _process;

    private PostgresKeeper(Process process) => _process = process;

    /// <param name="directory">The server's; it need not exist yet.</param>
    public static PostgresKeeper Of(string directory)
    {
        // In a session of its own: what is sent to the tests' whole group, as `timeout` does, does not reach it.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Script, directory]) { RedirectStandardInput = true };
        return new(Process.Start(start)!);
    }

    /// <summary>Ends the server on the spot, and deletes its directory.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
