using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Storage;

/// <summary>
/// Notices when SQLite's write-ahead log was deleted under us, which a foreign process can bring about; commits would
/// go on to report success and be gone. The file's number is compared after every commit, which costs microseconds.
/// </summary>
/// <remarks>docs/decisions/0002-sqlite-one-writer.md tells how it can happen. Outside Linux the check is not made.</remarks>
internal sealed class WalIdentity
{
    private const int CurrentDirectory = -100;
    private const uint Inode = 0x100;
    private const int InodeAt = 32;
    private const int StatxLength = 256;

    private readonly byte[] _path;
    private readonly byte[] _answer = new byte[StatxLength];
    private readonly ulong _number;

    public WalIdentity(string database)
    {
        _path = Encoding.UTF8.GetBytes(database + "-wal\0");
        _number = Number();
    }

    public bool Holds() => !OperatingSystem.IsLinux() || Number() == _number;

    /// <returns>0 when there is no such file.</returns>
    private ulong Number() =>
        OperatingSystem.IsLinux() && Statx(CurrentDirectory, _path, flags: 0, Inode, _answer) is 0
            ? BinaryPrimitives.ReadUInt64LittleEndian(_answer.AsSpan(InodeAt))
            : 0;

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] answer);
}
