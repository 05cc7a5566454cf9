namespace Holdfast.EndToEnd;

/// <summary>A database on a server of PostgreSQL.</summary>
internal sealed class PostgresStore : TestStore
{
    private PostgresStore(PostgresServer server, string database)
    {
        Server = server;
        Database = database;
    }

    public PostgresServer Server { get; }

    public string Database { get; }

    public override string Url => Server.Url(Database);

    public static async Task<PostgresStore> CreateAsync(PostgresServer server, string tablespace = "pg_default")
    {
        var store = new PostgresStore(server, $"e2e_{Guid.NewGuid():N}");
        await server.CreateDatabaseAsync(store.Database, tablespace: tablespace);
        return store;
    }

    public override KeptStore Look() => new KeptDatabase(Server, Database);

    public override async ValueTask DisposeAsync()
    {
        // A server of a test's own takes its databases with it.
        if (Server == await PostgresServer.SharedAsync())
        {
            await Server.DropDatabaseAsync(Database);
        }
    }
}
