namespace Holdfast.Storage;

/// <summary>
/// Keeps a second process from the same SQLite file. The lock is a file beside the database, held open as long as
/// the process lives; the operating system lets go of it however the process ends.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
#pragma warning disable RS0030 // The lock file is not the database: opening it cannot drop SQLite's locks.
    private readonly FileStream _held;

    private OwnerLock(FileStream held) => _held = held;

    /// <exception cref="StoreRefusedException">Another process, or this one, holds it.</exception>
    public static OwnerLock Take(string database)
    {
        var path = database + ".lock";
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new StoreRefusedException(
                $"Another process uses the database {database} (it holds {path}). Stop that process, or point this one "
                + "at another file with DATABASE_URL=sqlite:PATH. Several nodes on one store need PostgreSQL.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new StoreRefusedException(
                $"The file {path} cannot be written. Give this user write access to its directory, or point "
                + "DATABASE_URL=sqlite:PATH elsewhere.");
        }
    }
#pragma warning restore RS0030

    public void Dispose() => _held.Dispose();
}
