using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>The binary that was built beside the tests, in the same configuration.</summary>
internal static class HoldfastBinary
{
    private static readonly string[] Settings =
        ["HOLDFAST_", "STRIPE_", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DATABASE_URL"];

    private static readonly DirectoryInfo Built = new(AppContext.BaseDirectory);

    /// <summary>artifacts/bin/Holdfast.EndToEnd/debug → artifacts/bin/Holdfast.Server/debug/holdfast</summary>
    public static string Path { get; } = System.IO.Path.Combine(
        Built.Parent!.Parent!.FullName,
        "Holdfast.Server",
        Built.Name,
        OperatingSystem.IsWindows() ? "holdfast.exe" : "holdfast");

    /// <summary>The root of the sources, for files that are part of the promise.</summary>
    public static string Sources { get; } = Built.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>Starts it in the directory, with these settings and none of those around the tests.</summary>
    public static Process Start(
        string directory,
        IEnumerable<string> arguments,
        IEnumerable<(string Name, string? Value)> settings,
        string? path = null)
    {
        var start = new ProcessStartInfo(path ?? Path, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static bool IsSetting(string name) =>
        Settings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
