using Microsoft.Data.Sqlite;

namespace Holdfast.Tests.Storage;

/// <summary>An SQLite file as another program opens it.</summary>
internal sealed class TestFile : IAsyncDisposable
{
    private readonly SqliteConnection _connection;

    public TestFile(string path)
    {
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        _connection.Open();
    }

    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public List<string> Ask(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var answer = new List<string>();
        while (rows.Read())
        {
            answer.Add(rows.GetString(0));
        }

        return answer;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
