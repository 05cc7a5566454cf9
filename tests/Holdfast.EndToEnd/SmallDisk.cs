using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>A file system of a few megabytes, which only root can make.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path);

    public static bool CanBeMade => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Where anybody can write.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-disk-").FullName;

    public string Database => System.IO.Path.Combine(Path, "holdfast.db");

    /// <summary>What a server is told in <c>DATABASE_URL</c>.</summary>
    public string Url => $"sqlite:{Database}";

    /// <summary>Something else that takes the space, and can give it back.</summary>
    public string Ballast => System.IO.Path.Combine(Path, "ballast");

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
