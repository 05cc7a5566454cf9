using Holdfast.Nodes;
using Holdfast.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Support;

/// <summary>A store of its own for each test, opened, and gone afterwards.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    // Memory where there is some: these tests are about what is written, not about how long a disk takes.
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly Engine _engine;

    /// <summary>The directory of SQLite's file, or the name of a database on the PostgreSQL server.</summary>
    private readonly string _place;

    private bool _isGuest;

    private TestDatabase(Engine engine, string place, string url, ManualClock clock)
    {
        _engine = engine;
        _place = place;
        Url = url;
        Clock = clock;
    }

    public Database Database { get; private set; } = null!;

    public ManualClock Clock { get; }

    /// <summary>As <c>DATABASE_URL</c> names it.</summary>
    public string Url { get; }

    public string SqlitePath => Path.Combine(_place, "holdfast.db");

    /// <summary>The name of the PostgreSQL database.</summary>
    public string PostgresName => _place;

    public static async Task<TestDatabase> CreateAsync(Engine engine, ManualClock? clock = null)
    {
        var place = engine is Engine.Sqlite ? NewDirectory() : await PostgresDatabases.RentAsync();
        var url = engine is Engine.Sqlite
            ? $"sqlite:{Path.Combine(place, "holdfast.db")}"
            : (await PostgresServer.SharedAsync()).Url(place);
        var store = new TestDatabase(engine, place, url, clock ?? new());
        await store.OpenAsync();
        return store;
    }

    public static string NewDirectory() => Directory.CreateDirectory(
        Path.Combine(Root, $"holdfast-test-{Guid.NewGuid():N}")).FullName;

    /// <summary>Closes the store and opens it again, as the next start of the process would, a while later.</summary>
    public async Task RestartAsync()
    {
        await Database.DisposeAsync();
        if (_engine is Engine.Postgres)
        {
            Clock.Advance(Node.LateAfter + TimeSpan.FromSeconds(1));
        }

        await OpenAsync();
    }

    /// <summary>Another node on the same store, where the engine has many. It is gone before the store is.</summary>
    public async Task<TestDatabase> JoinAsync()
    {
        var another = new TestDatabase(_engine, _place, Url, Clock) { _isGuest = true };
        await another.OpenAsync();
        return another;
    }

    public Task<T> ReadAsync<T>(Func<Session, Task<T>> work) =>
        Database.ReadAsync(work, TestContext.Current.CancellationToken);

    public async Task<T> WriteAsync<T>(Func<Session, Task<T>> work) =>
        (await Database.WriteAsync(Turn.Work, work, TestContext.Current.CancellationToken)).OrThrow();

    /// <summary>The one number that a statement answers with; a moment in milliseconds since 1970.</summary>
    public Task<long> NumberAsync(string sql) => ReadAsync(
        session => session.NumberAsync(new Statement("Test", _engine is Engine.Sqlite ? sql : AsNumber(sql))));

    public Task<List<string>> TextsAsync(string sql) =>
        ReadAsync(session => session.QueryAsync(
            new Statement("Test", _engine is Engine.Sqlite ? sql : AsText(sql)), row => row.TextOrNull(0)!));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_isGuest)
        {
            return;
        }

        if (_engine is Engine.Sqlite)
        {
            Directory.Delete(_place, recursive: true);
        }
        else
        {
            await PostgresDatabases.GiveBackAsync(_place);
        }
    }

    /// <summary>The way one engine says it, or the other.</summary>
    public string Say(string onSqlite, string onPostgres) => _engine is Engine.Sqlite ? onSqlite : onPostgres;

    private static string AsText(string sql) => $"select value::text from ({sql}) as answer(value)";

    private static string AsNumber(string sql) =>
        $"""
        select case pg_typeof(value)::text
            when 'timestamp with time zone' then (extract(epoch from value::text::timestamptz) * 1000)::bigint
            else value::text::numeric::bigint
        end
        from ({sql}) as answer(value)
        """;

    private async Task OpenAsync()
    {
        Database = await NewAsync();
        await Database.OpenAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Database> NewAsync() => _engine switch
    {
        Engine.Sqlite => new SqliteDatabase(SqlitePath, Clock, NullLogger<SqliteDatabase>.Instance),
        Engine.Postgres => new PostgresDatabase(
            await PostgresDatabases.AddressAsync(_place), Clock, NullLogger<PostgresDatabase>.Instance),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
