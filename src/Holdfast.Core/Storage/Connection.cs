using System.Data.Common;

namespace Holdfast.Storage;

/// <summary>An open connection with the statements prepared on it so far.</summary>
internal sealed class Connection(DbConnection inner, Dialect dialect) : IDisposable
{
    private readonly Dictionary<Statement, Prepared> _prepared = new(ReferenceEqualityComparer.Instance);

    public DbConnection Inner => inner;

    public Dialect Dialect => dialect;

    public DbCommand Prepare(Statement statement, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = CommandOf(statement, values);
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.Parameters[i];
            parameter.Value = values[i].Value is { } value ? dialect.Bind(parameter, value) : DBNull.Value;
        }

        return command;
    }

    /// <summary>The commands that do the same for each row of values: one for all of them where the engine can.</summary>
    public IEnumerable<DbCommand> PrepareEach(Statement statement, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        if (dialect.TakesColumns && rows.Count > 0)
        {
            yield return PrepareColumns(statement, rows);
            yield break;
        }

        foreach (var row in rows)
        {
            yield return Prepare(statement, row);
        }
    }

    /// <summary>Runs a script of statements without values, such as a migration or a pragma.</summary>
    public void Run(string sql)
    {
        using var command = inner.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The same, which can be broken off.</summary>
    public async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = inner.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }

    public object? Ask(string sql)
    {
        using var command = inner.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        foreach (var (command, _) in _prepared.Values)
        {
            command.Dispose();
        }

        inner.Dispose();
    }

    private DbCommand PrepareColumns(Statement statement, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        var command = CommandOf(statement, rows[0]);
        for (var i = 0; i < rows[0].Length; i++)
        {
            var column = i;
            command.Parameters[i].Value = dialect.BindColumn(
                command.Parameters[i], rows.Select(row => row[column].Value));
        }

        return command;
    }

    private DbCommand CommandOf(Statement statement, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(statement, out var prepared))
        {
            var names = new string[values.Length];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = values[i].Name;
            }

            prepared = new(dialect.CommandOf(inner, statement, names), names);
            _prepared.Add(statement, prepared);
        }

        if (prepared.Names.Length != values.Length)
        {
            throw new InvalidOperationException($"{statement.Name} takes {prepared.Names.Length} values.");
        }

        for (var i = 0; i < values.Length; i++)
        {
            // Bound by place, so another order at another call would put values into the wrong columns.
            if (prepared.Names[i] != values[i].Name)
            {
                throw new InvalidOperationException(
                    $"{statement.Name} takes @{prepared.Names[i]} in place {i + 1}, not {values[i].Name}.");
            }
        }

        return prepared.Command;
    }

    private sealed record Prepared(DbCommand Command, string[] Names);
}
