using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Holdfast.Testing;

/// <summary>The programs of the newest PostgreSQL on this machine, run as a user that the server agrees to run as.</summary>
internal static partial class PostgresPrograms
{
    private const int Oldest = 15;
    private const string User = "postgres";
    private static readonly string[] Needed = ["postgres", "initdb", "pg_basebackup"];

    private static readonly Lazy<string> Bin = new(Find);

    /// <summary>A run of a program that has not been started yet; its output can be read.</summary>
    public static ProcessStartInfo Prepare(string program, params IEnumerable<string> arguments)
    {
        // The server refuses to run as root. `setpriv` becomes the program, so that its id is the program's.
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", User, "--regid", User, "--init-groups", "--", PathOf(program), .. arguments]
            : [PathOf(program), .. arguments];
        return new(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
    }

    /// <exception cref="InvalidOperationException">It failed; the message holds what it wrote.</exception>
    public static Task RunAsync(string program, params IEnumerable<string> arguments) =>
        RunAsync(Prepare(program, arguments));

    /// <exception cref="InvalidOperationException">It failed; the message holds what it wrote.</exception>
    public static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode is not 0)
        {
            throw new InvalidOperationException(
                $"{string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await output}{await errors}");
        }
    }

    private static string PathOf(string program) => program.Contains('/') ? program : Path.Combine(Bin.Value, program);

    private static string Find()
    {
        const string Debian = "/usr/lib/postgresql";
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(Directory.Exists(Debian) ? Directory.GetDirectories(Debian).Select(one => Path.Combine(one, "bin")) : []);
        var newest = directories
            .Where(one => Needed.All(program => File.Exists(Path.Combine(one, program))))
            .Select(one => (Path: one, Version: VersionIn(one)))
            .Where(one => one.Version >= Oldest)
            .MaxBy(one => one.Version);
        return newest.Path ?? throw new InvalidOperationException(
            $"The tests need PostgreSQL {Oldest} or newer: `apt-get install postgresql`, or put its programs on the PATH.");
    }

    private static int VersionIn(string directory)
    {
        var start = new ProcessStartInfo(Path.Combine(directory, "postgres"), ["--version"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = Version().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return said.Success ? int.Parse(said.Groups["major"].ValueSpan) : 0;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex Version();
}
