using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Storage;

/// <summary>
/// Notices when a file was deleted, moved or replaced while SQLite has it open, which a foreign process can bring
/// about; commits would go on to report success and be gone. Only its number is looked at, which costs microseconds:
/// opening the file here would drop SQLite's locks.
/// </summary>
/// <remarks>docs/decisions/0002-sqlite-one-writer.md tells how it can happen. Outside Linux the check is not made.</remarks>
internal sealed class FileIdentity
{
    private const int CurrentDirectory = -100;
    private const uint Inode = 0x100;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int StatxLength = 256;

    private readonly byte[] _path;
    private readonly (ulong Device, ulong Inode) _number;

    public FileIdentity(string path)
    {
        _path = Encoding.UTF8.GetBytes(path + "\0");
        _number = Number();
    }

    /// <returns>True while the path leads to the file that was there at first.</returns>
    public bool Holds() => !OperatingSystem.IsLinux() || Number() == _number;

    /// <returns>Zeros when there is no such file.</returns>
    private (ulong Device, ulong Inode) Number()
    {
        // Readers ask at the same time as the writer, so each has an answer of its own.
        Span<byte> answer = stackalloc byte[StatxLength];
        return OperatingSystem.IsLinux()
            && Statx(CurrentDirectory, ref _path[0], flags: 0, Inode, ref answer[0]) is 0
            ? (Read(answer[DeviceAt..]), Read(answer[InodeAt..]))
            : default;

        static ulong Read(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt64LittleEndian(at);
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, ref byte path, int flags, uint mask, ref byte answer);
}
