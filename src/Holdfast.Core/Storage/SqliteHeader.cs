using System.Buffers.Binary;

namespace Holdfast.Storage;

/// <summary>Tells whose file it is from its first hundred bytes, before SQLite opens it and could change a thing.</summary>
/// <remarks>https://sqlite.org/fileformat.html#the_database_header</remarks>
internal static class SqliteHeader
{
    /// <summary>"HOLD" in ASCII; stands in the header of every database of ours.</summary>
    public const int ApplicationId = 0x484F4C44;

    private const int Length = 100;
    private const int ApplicationIdAt = 68;
    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <returns>False when there is no database yet, so that one may be made.</returns>
    /// <exception cref="StoreRefusedException">The file is something else.</exception>
    public static bool IsOurs(string path)
    {
        Span<byte> header = stackalloc byte[Length];
        var length = ReadStart(path, header);
        if (length is 0)
        {
            MustHaveNoLog(path);
            return false;
        }

        if (length < Length || !header.StartsWith(Magic))
        {
            throw NotOurs(path, "it is not an SQLite database");
        }

        return BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) == ApplicationId
            ? true
            : throw NotOurs(path, "it is the SQLite database of another program");
    }

    private static StoreRefusedException NotOurs(string path, string what) =>
        new($"{path} was not made by Holdfast: {what}. Nothing was changed. Point DATABASE_URL=sqlite:PATH at another file.");

#pragma warning disable RS0030 // Read under the owner lock, before SQLite has the file open: no lock of ours can be lost.
    private static int ReadStart(string path, Span<byte> header)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
    }

    /// <summary>SQLite takes a log without its database for a left-over and deletes it, with all that is only there.</summary>
    private static void MustHaveNoLog(string path)
    {
        var log = new FileInfo(path + "-wal");
        if (log.Exists && log.Length > 0)
        {
            throw new StoreRefusedException(
                $"The database {path} is gone, but its write-ahead log {log.FullName} is there and may hold what was "
                + "acknowledged last. Nothing was changed. Put the database back beside it, or restore a backup; move "
                + "the log away only when you mean to begin with an empty database.");
        }
    }
#pragma warning restore RS0030
}
