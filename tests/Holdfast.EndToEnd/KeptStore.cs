using Microsoft.Data.Sqlite;

namespace Holdfast.EndToEnd;

/// <summary>What a server that has ended left on disk: a copy, so that looking at it mends nothing.</summary>
internal sealed class KeptStore : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("holdfast-copy-");
    private readonly SqliteConnection _connection;

    public KeptStore(string database)
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

    public List<T> Ask<T>(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var answer = new List<T>();
        while (rows.Read())
        {
            answer.Add(rows.GetFieldValue<T>(0));
        }

        return answer;
    }

    public long Number(string sql) => Assert.Single(Ask<long>(sql));

    public HashSet<string> EventIds()
    {
        var ids = Ask<string>("select event_id from events");
        var once = ids.ToHashSet();
        Assert.Equal(once.Count, ids.Count);
        return once;
    }

    /// <summary>It is sound; each event was stored once, applied once, and changed its object once.</summary>
    public void AssertAppliedOnce()
    {
        Assert.Equal(["ok"], Ask<string>("pragma integrity_check"));
        var events = EventIds().Count;
        Assert.Equal(events, Number("select count(*) from jobs"));
        Assert.Equal([], Ask<string>("select state || ': ' || subject from jobs where state <> 'completed'"));
        Assert.Equal(events, Number("select count(*) from object_changes"));
        Assert.Equal(events, Number("select count(distinct object_id) from object_changes"));
        Assert.Equal(events, Number("select value from counters where name = 'applied'"));
        Assert.Equal(events, Number("select value from counters where name = 'received'"));
    }

    public void Dispose()
    {
        _connection.Dispose();
        _copy.Delete(recursive: true);
    }
}
