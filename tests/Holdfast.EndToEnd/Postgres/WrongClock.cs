using System.Diagnostics;

namespace Holdfast.EndToEnd.Postgres;

/// <summary>Makes a process believe that it is earlier or later than it is.</summary>
internal static class WrongClock
{
    /// <param name="offset">As faketime writes it: <c>+1h</c>, <c>-1h</c>.</param>
    /// <returns>Settings for the environment of the process. Only the time of day is wrong; time passes as ever.</returns>
    public static async Task<(string Name, string Value)[]> ByAsync(string offset)
    {
        // Not by way of faketime itself, which stays the parent of what it starts and would be signalled in its place.
        using var process = Process.Start(
            new ProcessStartInfo("faketime", ["-m", "-f", offset, "printenv", "LD_PRELOAD"]) { RedirectStandardOutput = true })!;
        var library = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Assert.NotEmpty(library);
        return [("LD_PRELOAD", library), ("FAKETIME", offset), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
    }
}
