using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Holdfast.EndToEnd;

/// <summary>What a server that has ended left on disk: a copy, so that looking at it mends nothing.</summary>
internal sealed class KeptFile : KeptStore
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("holdfast-copy-");
    private readonly SqliteConnection _connection;

    public KeptFile(string database)
    {
        var copy = Path.Combine(_copy.FullName, "copy.db");
        File.Copy(database, copy);
        if (File.Exists(database + "-wal"))
        {
            File.Copy(database + "-wal", copy + "-wal");
        }

        _connection = new($"Data Source={copy};Pooling=False");
        _connection.Open();
    }

    protected override DbConnection Connection => _connection;

    public override void Dispose()
    {
        _connection.Dispose();
        _copy.Delete(recursive: true);
    }

    protected override void AssertSound() => Assert.Equal(["ok"], Ask<string>("pragma integrity_check"));

    protected override string Say(string onSqlite, string onPostgres) => onSqlite;
}
