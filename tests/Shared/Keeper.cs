using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Testing;

/// <summary>
/// A process beside the tests that clears away what they started: when it is told to, and also when the tests' process
/// ends in whatever way, be it killed. It waits on a pipe that only the tests' process holds open.
/// </summary>
internal sealed class Keeper : IAsyncDisposable
{
    // A number may belong to another process by then; the moment of birth tells.
    private const string EndProcess = """
        born() { cut -d ' ' -f 22 "/proc/$0/stat" 2>/dev/null; }
        birth=$(born)
        cat >/dev/null
        [ -n "$birth" ] && [ "$(born)" = "$birth" ] && kill -KILL "$0"
        """;

    // Every process of a server of PostgreSQL works in the server's directory, which no other process does. One that was
    // killed leaves its segment of System V memory behind, and notes that segment in the seventh line of its pid file.
    private const string EndPostgres = """
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

    private Keeper(string script, string argument)
    {
        // In a session of its own: what is sent to the tests' whole group, as `timeout` does, does not reach it.
        string[] command = ["sh", "-c", $"trap '' HUP INT TERM\n{script}", argument];
        _process = Process.Start(new ProcessStartInfo("setsid", command) { RedirectStandardInput = true })!;
    }

    /// <summary>Kills the process.</summary>
    public static Keeper OfProcess(int id) => new(EndProcess, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends a server of PostgreSQL on the spot, and deletes its directory.</summary>
    /// <param name="directory">It need not exist yet.</param>
    public static Keeper OfPostgres(string directory) => new(EndPostgres, directory);

    /// <summary>Clears away now.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
