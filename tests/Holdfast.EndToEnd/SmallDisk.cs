using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>A file system of a few megabytes, which only root can make.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("holdfast-disk-").FullName;

    public SmallDisk(int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _path);

    public static bool CanBeMade => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    public string Database => Path.Combine(_path, "holdfast.db");

    /// <summary>Something else that takes the space, and can give it back.</summary>
    public string Ballast => Path.Combine(_path, "ballast");

    public void Dispose()
    {
        Run("umount", _path);
        Directory.Delete(_path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
