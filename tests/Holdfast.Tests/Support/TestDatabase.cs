using Holdfast.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Support;

/// <summary>A store of its own for each test, opened, and gone afterwards.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    // Memory where there is some: these tests are about what is written, not about how long a disk takes.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _directory;

    private TestDatabase(string directory, Database database, ManualClock clock)
    {
        _directory = directory;
        Database = database;
        Clock = clock;
    }

    public Database Database { get; private set; }

    public ManualClock Clock { get; }

    public string SqlitePath => Path.Combine(_directory, "holdfast.db");

    public static async Task<TestDatabase> CreateAsync(Engine engine, ManualClock? clock = null)
    {
        var directory = NewDirectory();
        clock ??= new();
        var database = Open(engine, Path.Combine(directory, "holdfast.db"), clock);
        await database.OpenAsync(TestContext.Current.CancellationToken);
        return new(directory, database, clock);
    }

    public static string NewDirectory() => Directory.CreateDirectory(
        Path.Combine(Root, $"holdfast-test-{Guid.NewGuid():N}")).FullName;

    /// <summary>Closes the store and opens it again, as the next start of the process would.</summary>
    public async Task RestartAsync()
    {
        await Database.DisposeAsync();
        Database = Open(Engine.Sqlite, SqlitePath, Clock);
        await Database.OpenAsync(TestContext.Current.CancellationToken);
    }

    public Task<T> ReadAsync<T>(Func<Session, Task<T>> work) =>
        Database.ReadAsync(work, TestContext.Current.CancellationToken);

    public async Task<T> WriteAsync<T>(Func<Session, Task<T>> work) =>
        (await Database.WriteAsync(Turn.Work, work, TestContext.Current.CancellationToken)).OrThrow();

    public Task<long> NumberAsync(string sql) => ReadAsync(session => session.NumberAsync(new Statement("Test", sql)));

    public Task<List<string>> TextsAsync(string sql) =>
        ReadAsync(session => session.QueryAsync(new Statement("Test", sql), row => row.Text(0)));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static SqliteDatabase Open(Engine engine, string path, ManualClock clock) => engine switch
    {
        Engine.Sqlite => new SqliteDatabase(path, clock, NullLogger<SqliteDatabase>.Instance),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
