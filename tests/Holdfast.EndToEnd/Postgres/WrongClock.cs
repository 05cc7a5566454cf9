using System.Diagnostics;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>The clock of a process, which believes that it is earlier or later than it is, and which can jump.</summary>
internal sealed class WrongClock : IDisposable
{
    private readonly TestDirectory _home = new();
    private readonly string _library;

    private WrongClock(string library) => _library = library;

    /// <summary>For the environment of the process. Only the time of day is wrong; time passes as ever.</summary>
    /// <remarks>
    /// Without the last one, waiting goes wrong in a process that believes in a moment before the machine was started.
    /// </remarks>
    public (string Name, string Value)[] Settings =>
    [
        ("LD_PRELOAD", _library),
        ("FAKETIME_TIMESTAMP_FILE", File),
        ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    private string File => Path.Combine(_home.Path, "offset");

    public static async Task<WrongClock> ByAsync(int hours)
    {
        // Not by way of faketime itself, which stays the parent of what it starts and would be signalled in its place.
        using var process = Process.Start(
            new ProcessStartInfo("faketime", ["-m", "-f", "+0", "printenv", "LD_PRELOAD"]) { RedirectStandardOutput = true })!;
        var library = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Assert.NotEmpty(library);
        var clock = new WrongClock(library);
        clock.Jump(hours);
        return clock;
    }

    /// <summary>From about a second later on it is wrong by so many hours.</summary>
    public void Jump(int hours)
    {
        // At once, as the process may be reading it.
        var next = File + ".next";
        System.IO.File.WriteAllText(next, $"{hours:+0;-0;+0}h\n");
        System.IO.File.Move(next, File, overwrite: true);
    }

    public void Dispose() => _home.Dispose();
}
