using System.Diagnostics;

namespace Holdfast.EndToEnd;

/// <summary>A store of one test's own, empty at first; gone with the test.</summary>
internal abstract class TestStore : IAsyncDisposable
{
    /// <summary>What a server is told in <c>DATABASE_URL</c>.</summary>
    public abstract string Url { get; }

    public static async Task<TestStore> CreateAsync(Engine engine) => engine switch
    {
        Engine.Sqlite => new SqliteStore(),
        Engine.Postgres => await PostgresStore.CreateAsync(await PostgresServer.SharedAsync()),
        _ => throw new UnreachableException(),
    };

    /// <summary>What is in it now. On SQLite no server may be writing meanwhile.</summary>
    public abstract KeptStore Look();

    public abstract ValueTask DisposeAsync();
}
