using System.Data;
using System.Data.Common;

namespace Holdfast.Storage;

/// <summary>
/// One transaction on one connection. What is done in one session commits together or not at all, so every store
/// takes it first. It is used by one caller at a time and is dead once its transaction has ended.
/// </summary>
internal sealed class Session(Connection connection, CancellationToken ct)
{
    private bool _ended;
    private LockSpace _locked;
    private volatile bool _waits;

    public CancellationToken Ct => ct;

    internal Dialect Dialect => connection.Dialect;

    /// <summary>A statement has been given to the store and is not answered yet.</summary>
    internal bool Waits => _waits;

    /// <returns>How many rows were written.</returns>
    public Task<int> ExecuteAsync(Statement statement, params ReadOnlySpan<(string Name, object? Value)> values) =>
        WriteAsync(Prepare(statement, values));

    /// <summary>Writes many rows of one shape.</summary>
    /// <returns>How many rows were written.</returns>
    public async Task<int> ExecuteEachAsync(Statement statement, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        var written = 0;
        foreach (var command in PrepareEach(statement, rows))
        {
            written += await WriteAsync(command);
        }

        return written;
    }

    public Task<List<T>> QueryAsync<T>(
        Statement statement, Func<Row, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var answer = new List<T>();
        return ReadAllAsync(Prepare(statement, values), read, answer);
    }

    /// <summary>Asks the same question for each row of values. The answers come in any order.</summary>
    public async Task<List<T>> QueryEachAsync<T>(
        Statement statement, Func<Row, T> read, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        var answer = new List<T>(rows.Count);
        foreach (var command in PrepareEach(statement, rows))
        {
            await ReadAllAsync(command, read, answer);
        }

        return answer;
    }

    public async Task<T?> FirstAsync<T>(
        Statement statement, Func<Row, T> read, (string Name, object? Value)[] values)
        where T : class
    {
        await using var rows = await AskAsync(Prepare(statement, values), CommandBehavior.SingleRow);
        return await rows.ReadAsync(ct) ? read(new Row(rows, connection.Dialect)) : null;
    }

    public async Task<long> NumberAsync(Statement statement, params (string Name, object? Value)[] values)
    {
        await using var rows = await AskAsync(Prepare(statement, values), CommandBehavior.SingleRow);
        return await rows.ReadAsync(ct) && !await rows.IsDBNullAsync(0, ct) ? rows.GetInt64(0) : 0;
    }

    /// <summary>
    /// Holds these names for this session alone until it ends, on every node, whether their rows exist or not. Everyone
    /// takes the spaces in their order and the names of a space in theirs, so that no two ever wait in a circle.
    /// </summary>
    public async Task LockAsync(LockSpace space, IReadOnlyCollection<string> names)
    {
        if (space <= _locked)
        {
            throw new InvalidOperationException($"{space} are locked after {_locked}: that could end in a deadlock.");
        }

        _locked = space;
        if (connection.Dialect.LockNames is { } statement && names.Count > 0)
        {
            await ExecuteAsync(statement, ("space", (long)space), ("names", names));
        }
    }

    /// <summary>Called by the database when the transaction is over: a late user gets an error, not somebody else's.</summary>
    internal void End() => _ended = true;

    private IEnumerable<DbCommand> PrepareEach(Statement statement, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        ThrowIfEnded();
        ct.ThrowIfCancellationRequested();
        return connection.PrepareEach(statement, rows);
    }

    private DbCommand Prepare(Statement statement, ReadOnlySpan<(string Name, object? Value)> values)
    {
        ThrowIfEnded();
        ct.ThrowIfCancellationRequested();
        return connection.Prepare(statement, values);
    }

    private async Task<int> WriteAsync(DbCommand command)
    {
        _waits = true;
        try
        {
            return await command.ExecuteNonQueryAsync(ct);
        }
        finally
        {
            _waits = false;
        }
    }

    private async Task<DbDataReader> AskAsync(DbCommand command, CommandBehavior behavior)
    {
        _waits = true;
        try
        {
            return await command.ExecuteReaderAsync(behavior, ct);
        }
        finally
        {
            _waits = false;
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new StoreException("This session has ended; its transaction is over.");
        }
    }

    private async Task<List<T>> ReadAllAsync<T>(DbCommand command, Func<Row, T> read, List<T> answer)
    {
        await using var rows = await AskAsync(command, CommandBehavior.Default);
        while (await rows.ReadAsync(ct))
        {
            ThrowIfEnded();
            answer.Add(read(new Row(rows, connection.Dialect)));
        }

        return answer;
    }
}
