using Microsoft.Extensions.Logging;

namespace Holdfast.Storage;

/// <summary>Where everything is kept, as <c>DATABASE_URL</c> tells.</summary>
internal abstract record StoreAddress
{
    private const string SqlitePrefix = "sqlite:";

    private StoreAddress()
    {
    }

    /// <summary>The directory for the files that lie beside the store.</summary>
    public abstract string Directory { get; }

    /// <exception cref="FormatException">It is none of the forms that we know; the message tells them.</exception>
    public static StoreAddress Parse(string url)
    {
        if (url.StartsWith(SqlitePrefix, StringComparison.Ordinal) && url.Length > SqlitePrefix.Length)
        {
            return new Sqlite(Path.GetFullPath(url[SqlitePrefix.Length..]));
        }

        if (PostgresUrl.IsOne(url))
        {
            return new Postgres(PostgresAddress.Parse(url));
        }

        // The rest of it may hold a password.
        throw new FormatException(
            "It is neither sqlite:PATH, such as sqlite:data/holdfast.db, nor postgres://USER:PASSWORD@HOST:PORT/DATABASE.");
    }

    /// <summary>The clock that the engine goes by: the store's own where its nodes have to agree.</summary>
    public abstract TimeProvider ClockOver(TimeProvider system);

    public abstract Database Open(TimeProvider clock, ILoggerFactory logs);

    public sealed record Sqlite(string Path) : StoreAddress
    {
        public override string Directory => System.IO.Path.GetDirectoryName(Path)!;

        public override TimeProvider ClockOver(TimeProvider system) => system;

        public override Database Open(TimeProvider clock, ILoggerFactory logs) =>
            new SqliteDatabase(Path, clock, logs.CreateLogger<SqliteDatabase>());

        public override string ToString() => Path;
    }

    public sealed record Postgres(PostgresAddress Server) : StoreAddress
    {
        public override string Directory => System.IO.Path.GetFullPath("data");

        public override TimeProvider ClockOver(TimeProvider system) => new StoreClock(system);

        public override Database Open(TimeProvider clock, ILoggerFactory logs) =>
            new PostgresDatabase(Server, clock, logs.CreateLogger<PostgresDatabase>());

        public override string ToString() => Server.ToString();
    }
}
