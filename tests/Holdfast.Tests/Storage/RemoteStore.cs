using Holdfast.Storage;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Storage;

/// <summary>A PostgreSQL database reached over a way that can fail; what it holds is asked past that way.</summary>
internal sealed class RemoteStore : IAsyncDisposable
{
    private readonly Func<Task> _remove;

    private RemoteStore(PostgresServer server, string name, PostgresDatabase database, TcpProxy way, Func<Task> remove)
    {
        Server = server;
        Name = name;
        Database = database;
        Way = way;
        _remove = remove;
    }

    public PostgresServer Server { get; }

    public string Name { get; }

    public PostgresDatabase Database { get; }

    public TcpProxy Way { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>On the server of all tests. What a test changes there, it changes in this database only.</summary>
    /// <param name="clock">Without one, the fate of a commit is asked for until it is known.</param>
    public static async Task<RemoteStore> CreateAsync(TimeProvider? clock = null)
    {
        var server = await PostgresServer.SharedAsync();
        var name = await PostgresDatabases.RentAsync();
        return await OpenAsync(server, name, others: "", clock, () => server.DropDatabaseAsync(name));
    }

    /// <summary>On a server of the test's own.</summary>
    /// <param name="others">More hosts with their ports, each after a comma.</param>
    public static async Task<RemoteStore> CreateOnAsync(PostgresServer server, string others = "", TimeProvider? clock = null)
    {
        const string Shop = "shop";
        if (await server.AskAsync<string>("postgres", $"select datname from pg_database where datname = '{Shop}'") is [])
        {
            await server.CreateDatabaseAsync(Shop);
        }

        return await OpenAsync(server, Shop, others, clock, () => Task.CompletedTask);
    }

    public Task<Commit<T>> WriteAsync<T>(Func<Session, Task<T>> work, Turn turn = Turn.Work) =>
        Database.WriteAsync(turn, work, Ct);

    public Task<Commit<int>> MarkAsync(string mark, Turn turn = Turn.Work) =>
        WriteAsync(session => session.MarkAsync(mark), turn);

    /// <summary>What was marked on the server, whether or not anybody was told.</summary>
    public Task<List<string>> MarksAsync() =>
        Server.AskAsync<string>(Name, "select name from holdfast.counters order by name");

    /// <summary>Runs SQL as the superuser.</summary>
    public Task ExecuteAsync(string sql) => Server.ExecuteAsync(Name, sql);

    /// <summary>Looks again and again until somebody is at it, for what no one tells.</summary>
    /// <param name="condition">About a row of <c>pg_stat_activity</c> of this database.</param>
    /// <returns>The number of the server's process.</returns>
    public async Task<int> SessionWhereAsync(string condition)
    {
        while (true)
        {
            var found = await Server.AskAsync<int>(
                "postgres", $"select pid from pg_stat_activity where datname = '{Name}' and {condition} limit 1");
            if (found is [var session])
            {
                return session;
            }

            Ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Loses the way: every connection, and each that is tried.</summary>
    public void Lose()
    {
        Way.Refuse();
        Way.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Way.DisposeAsync();
        await _remove();
    }

    private static async Task<RemoteStore> OpenAsync(
        PostgresServer server, string name, string others, TimeProvider? clock, Func<Task> remove)
    {
        var way = TcpProxy.Start(server.Port);
        var address = PostgresAddress.Parse(
            $"postgres://{PostgresServer.User}:{PostgresServer.Password}@127.0.0.1:{way.Port}{others}/{name}");
        var database = new PostgresDatabase(address, clock ?? new Patience(), NullLogger<PostgresDatabase>.Instance);
        var store = new RemoteStore(server, name, database, way, remove);
        try
        {
            await database.OpenAsync(Ct);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its timers ring, and yet no time passes by it.</summary>
    private sealed class Patience : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
