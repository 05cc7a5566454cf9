using System.Data.Common;

namespace Holdfast.Storage;

/// <summary>An open connection with the statements prepared on it so far.</summary>
internal sealed class Connection(DbConnection inner) : IDisposable
{
    private readonly Dictionary<Statement, DbCommand> _prepared = new(ReferenceEqualityComparer.Instance);

    public DbConnection Inner => inner;

    public DbCommand Prepare(Statement statement, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(statement, out var command))
        {
            command = inner.CreateCommand();
            command.CommandText = statement.Sql;
            foreach (var (name, _) in values)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = "@" + name;
                command.Parameters.Add(parameter);
            }

            _prepared.Add(statement, command);
        }

        if (command.Parameters.Count != values.Length)
        {
            throw new InvalidOperationException($"{statement.Name} takes {command.Parameters.Count} values.");
        }

        for (var i = 0; i < values.Length; i++)
        {
            // Bound by place, so another order at another call would put values into the wrong columns.
            if (!command.Parameters[i].ParameterName.AsSpan(1).SequenceEqual(values[i].Name))
            {
                throw new InvalidOperationException(
                    $"{statement.Name} takes {command.Parameters[i].ParameterName} in place {i + 1}, not {values[i].Name}.");
            }

            command.Parameters[i].Value = Bind(values[i].Value);
        }

        return command;
    }

    /// <summary>Runs a script of statements without values, such as a migration or a pragma.</summary>
    public void Run(string sql)
    {
        using var command = inner.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public object? Ask(string sql)
    {
        using var command = inner.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        inner.Dispose();
    }

    private static object Bind(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset moment => moment.ToUnixTimeMilliseconds(),
        bool flag => flag ? 1L : 0L,
        IReadOnlyCollection<long> numbers => $"[{string.Join(',', numbers)}]",
        IReadOnlyCollection<string> texts => JsonTexts.Array(texts),
        _ => value,
    };
}
