using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Holdfast.Storage;

/// <summary>
/// The embedded store: one file, one owner process. One connection does all writes and all checkpoints; readers are
/// read-only and short.
/// </summary>
/// <remarks>Why it must be so: docs/decisions/0002-sqlite-one-writer.md.</remarks>
internal sealed partial class SqliteDatabase(string path, TimeProvider clock, ILogger<SqliteDatabase> log) : Database
{
    private const int MaxReaders = 8;

    /// <summary>How long a foreign lock is waited for. Deliveries are answered 503 meanwhile, and sent again.</summary>
    private const int BusySeconds = 1;

    /// <summary>How long one read may take: none that is meant to be answered does, and it keeps a reader from others.</summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(10);

    /// <summary>From here on SQLite is free of the bug that docs/decisions/0002-sqlite-one-writer.md steers clear of.</summary>
    private static readonly Version Mended = new(3, 51, 3);

    private const int StepsBetweenLooks = 10_000;
    private const int Busy = 5, Locked = 6, OutOfMemory = 7, ReadOnly = 8, InputOutput = 10, Full = 13,
        CannotOpen = 14, Protocol = 15, NotADatabase = 26, Interrupted = 9;

    /// <summary>SQLITE_DBCONFIG_ENABLE_QPSG, see https://sqlite.org/c3ref/c_dbconfig_defensive.html</summary>
    private const int EnableStablePlans = 1007;

    /// <summary>SQLITE_CONFIG_MEMSTATUS, see https://sqlite.org/c3ref/c_config_covering_index_scan.html</summary>
    private const int CountMemory = 9;

    private static readonly Statement Begin = new(nameof(Begin), "begin immediate");
    private static readonly Statement BeginRead = new(nameof(BeginRead), "begin deferred");
    private static readonly Statement CommitNow = new(nameof(CommitNow), "commit");

    private readonly WriterTurn _turn = new();
    private readonly SemaphoreSlim _readers = new(MaxReaders);
    private readonly ConcurrentBag<Connection> _idleReaders = [];
    private OwnerLock? _owner;
    private Connection? _writer;
    private FileIdentity? _file;
    private FileIdentity? _wal;

    static SqliteDatabase()
    {
        // Counting all memory takes one lock of the whole process at every allocation, and nobody reads the count.
        // When an embedding application has used SQLite before, it is too late, which is harmless.
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(CountMemory, 0);
    }

    public override string Engine => "sqlite";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public override async Task OpenAsync(CancellationToken ct)
    {
        MakeDirectory();
        _owner = OwnerLock.Take(Path);
        try
        {
            var exists = SqliteHeader.IsOurs(Path);
            _writer = OpenWriter(create: true);
            if (!exists)
            {
                // An event with its row is a little less than four kilobytes: of larger pages none is left half empty.
                _writer.Run("pragma page_size = 8192");

                // Before the log is switched on, so that the mark stands in the file itself and not only in the log.
                _writer.Run($"pragma application_id = {SqliteHeader.ApplicationId}");
            }

            _writer.Run("pragma journal_mode = wal");
            await MigrateAsync(_writer, ct);
            LogVersion();
            _file = new FileIdentity(Path);
            _wal = new FileIdentity(Path + "-wal");
        }
        catch (SqliteException exception)
        {
            await DisposeAsync();
            throw new StoreRefusedException(
                $"The database {Path} cannot be opened: {exception.Message} Check that its directory exists, is "
                + "writable and has space, or point DATABASE_URL=sqlite:PATH elsewhere.");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public override async Task<Commit<T>> WriteAsync<T>(Turn turn, Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _turn.TakeAsync(turn, ct);
        try
        {
            return await WriteInTurnAsync(work, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async Task<T> RehearseAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _turn.TakeAsync(Turn.Work, ct);
        try
        {
            var writer = await WriterAsync();
            writer.Prepare(Begin, []).ExecuteNonQuery();
            var session = new Session(writer, ct);
            try
            {
                return await work(session);
            }
            finally
            {
                session.End();
                RollBack(writer);
            }
        }
        catch (SqliteException exception) when (IsUnavailable(exception))
        {
            throw new StoreException($"The database {Path} cannot be used: {exception.Message}", exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _readers.WaitAsync(ct);
        Connection? reader = null;
        try
        {
            reader = _idleReaders.TryTake(out var idle) ? idle : OpenReader();
            var answer = await ReadAsync(reader, work, ct);
            _idleReaders.Add(reader);
            return answer;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Interrupted)
        {
            reader?.Dispose();
            ct.ThrowIfCancellationRequested();
            throw new StoreException($"A read took longer than {ReadWithin} and was given up. Ask for less.", exception);
        }
        catch (SqliteException exception) when (IsUnavailable(exception))
        {
            reader?.Dispose();
            throw new StoreException($"The database {Path} cannot be read: {exception.Message}", exception);
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
        finally
        {
            _readers.Release();
        }
    }

    public override bool IsUnavailable(Exception exception) => exception switch
    {
        StoreException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode is Busy or Locked or OutOfMemory or ReadOnly or InputOutput
            or Full or CannotOpen or Protocol or NotADatabase,
        _ => false,
    };

    public override ValueTask DisposeAsync()
    {
        while (_idleReaders.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _writer?.Dispose();
        _writer = null;
        _owner?.Dispose();
        _owner = null;
        _readers.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task MigrateAsync(Connection writer, CancellationToken ct)
    {
        writer.Prepare(Begin, []).ExecuteNonQuery();
        var session = new Session(writer, ct);
        try
        {
            var migrator = new Migrator(Engine, clock);
            while (await migrator.ApplyNextAsync(writer, session) is { } step)
            {
                LogMigrated(step);
            }

            writer.Prepare(CommitNow, []).ExecuteNonQuery();
        }
        catch
        {
            RollBack(writer);
            throw;
        }
        finally
        {
            session.End();
        }
    }

    private async Task<Commit<T>> WriteInTurnAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        Connection? writer = null;
        Session? session = null;
        T value;
        try
        {
            writer = await WriterAsync();
            writer.Prepare(Begin, []).ExecuteNonQuery();
            session = new Session(writer, ct);
            value = await work(session);
        }
        catch (Exception exception)
        {
            session?.End();
            RollBack(writer);
            return new Commit<T>.RolledBack(exception);
        }

        session.End();
        try
        {
            writer.Prepare(CommitNow, []).ExecuteNonQuery();
        }
        catch (SqliteException exception)
        {
            return await AfterFailedCommitAsync<T>(writer, exception);
        }

        if (_wal!.Holds() && _file!.Holds())
        {
            return new Commit<T>.Committed(value);
        }

        LogFileLost(Path);
        await AbandonAsync();
        return new Commit<T>.Unknown(new StoreException(
            $"The database {Path} or its write-ahead log was deleted, moved or replaced by another process."));
    }

    /// <summary>
    /// A full disk leaves the commit without its last frame: it did not happen. After any other error (an fsync
    /// that failed, above all) the frames may survive a crash or not, so the connection is not trusted any more.
    /// </summary>
    private async Task<Commit<T>> AfterFailedCommitAsync<T>(Connection writer, SqliteException exception)
    {
        if (exception.SqliteErrorCode is Full or Busy or ReadOnly)
        {
            RollBack(writer);
            return new Commit<T>.RolledBack(exception);
        }

        LogCommitUnknown(exception, Path);
        await AbandonAsync();
        return new Commit<T>.Unknown(exception);
    }

    private async Task<T> ReadAsync<T>(Connection reader, Func<Session, Task<T>> work, CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        SQLitePCL.raw.sqlite3_progress_handler(
            ((SqliteConnection)reader.Inner).Handle,
            StepsBetweenLooks,
            _ => ct.IsCancellationRequested || clock.GetElapsedTime(startedAt) > ReadWithin ? 1 : 0,
            null);
        reader.Prepare(BeginRead, []).ExecuteNonQuery();
        var session = new Session(reader, ct);
        try
        {
            return await work(session);
        }
        finally
        {
            session.End();
            reader.Prepare(CommitNow, []).ExecuteNonQuery();
        }
    }

    /// <exception cref="StoreException">It was given up after an error and cannot be opened again yet.</exception>
    private async Task<Connection> WriterAsync()
    {
        if (_owner is null)
        {
            throw new StoreException($"The database {Path} is closed.");
        }

        if (_writer is not null)
        {
            return _writer;
        }

        ThrowIfLost();
        try
        {
            _writer = OpenWriter(create: false);

            // The log is made anew with the first write after it was lost.
            _writer.Run("pragma user_version = 0");
            _wal = new FileIdentity(Path + "-wal");
            return _writer;
        }
        catch (SqliteException exception)
        {
            await AbandonAsync();
            throw new StoreException($"The database {Path} cannot be opened again: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Closes every connection, the writer last, as the last one carries the log over into the database. No reader may
    /// stay: all of a process share one index of the log, and a new log under an old index would be read as garbage.
    /// </summary>
    private async Task AbandonAsync()
    {
        for (var reader = 0; reader < MaxReaders; reader++)
        {
            await _readers.WaitAsync();
        }

        while (_idleReaders.TryTake(out var idle))
        {
            idle.Dispose();
        }

        _writer?.Dispose();
        _writer = null;
        _readers.Release(MaxReaders);
    }

    /// <summary>Whatever lies in the place of our database is not ours: we have neither opened nor locked it.</summary>
    private void ThrowIfLost()
    {
        if (_file?.Holds() is false)
        {
            throw new StoreException(
                $"The database {Path} is not the file that was opened: it was deleted, moved or replaced. Put that "
                + "file back; or stop this server, put the right file there, and start it again.");
        }
    }

    private static void RollBack(Connection? writer)
    {
        // Some errors have already ended the transaction.
        if (writer?.Inner is SqliteConnection inner && SQLitePCL.raw.sqlite3_get_autocommit(inner.Handle) is 0)
        {
            writer.Run("rollback");
        }
    }

    private Connection OpenWriter(bool create)
    {
        var writer = Open(create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        writer.Run(
            """
            pragma synchronous = full;
            pragma mmap_size = 0;
            pragma temp_store = memory;
            pragma cache_size = -32768;
            pragma secure_delete = on;
            """);
        return writer;
    }

    private void LogVersion()
    {
        var version = Version.Parse((string)_writer!.Ask("select sqlite_version()")!);
        if (version < Mended)
        {
            LogAffectedVersion(version);
        }
    }

    private Connection OpenReader()
    {
        ThrowIfLost();
        var reader = Open(SqliteOpenMode.ReadOnly);
        reader.Run("pragma query_only = on; pragma wal_autocheckpoint = 0");
        return reader;
    }

    private Connection Open(SqliteOpenMode mode)
    {
        var inner = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = BusySeconds,
            }.ConnectionString);
        try
        {
            inner.Open();

            // Without this a value bound to what a partial index speaks of has its statement planned anew each time.
            _ = SQLitePCL.raw.sqlite3_db_config(inner.Handle, EnableStablePlans, 1, out _);
            return new Connection(inner, new SqliteDialect());
        }
        catch
        {
            inner.Dispose();
            throw;
        }
    }

    private void MakeDirectory()
    {
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException(
                $"The directory {directory} for the database cannot be made: {exception.Message} "
                + "Point DATABASE_URL=sqlite:PATH elsewhere.");
        }
    }

    [LoggerMessage(7001, LogLevel.Information, "Applied the schema step {Step}.")]
    private partial void LogMigrated(string step);

    [LoggerMessage(7002, LogLevel.Critical, "The database {Path} or its write-ahead log was deleted, moved or replaced "
        + "by another process. Nothing is acknowledged until it has been opened again. Find the program that touches "
        + "these files and stop it.")]
    private partial void LogFileLost(string path);

    [LoggerMessage(7004, LogLevel.Information, "SQLite {Version} has the WAL-reset bug (mended in 3.51.3). Holdfast does "
        + "not meet its trigger, as one connection does all writes and checkpoints; let no other program write this file.")]
    private partial void LogAffectedVersion(Version version);

    [LoggerMessage(7003, LogLevel.Critical, "A commit to {Path} ended in doubt; the database is opened again.")]
    private partial void LogCommitUnknown(Exception exception, string path);
}
