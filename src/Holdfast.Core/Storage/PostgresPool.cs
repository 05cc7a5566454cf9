using System.Collections.Concurrent;
using Npgsql;

namespace Holdfast.Storage;

/// <summary>
/// The connections of one purpose. Each is kept open with its statements prepared and its settings made; one that
/// broke is never used again.
/// </summary>
/// <param name="lost">Those that broke, of every purpose: whoever connects next ends what is left of them.</param>
internal sealed class PostgresPool(
    PostgresAddress address, PostgresSettings settings, ConcurrentQueue<PostgresPool.Lent> lost) : IAsyncDisposable
{
    /// <summary>The server's own number of the session: a pooler gives out others.</summary>
    private const string WhoServes =
        $"""
        select {PostgresChecks.Lineage}, pid, backend_start, current_setting('fsync')
        from pg_stat_activity
        where pid = pg_backend_pid()
        """;

    /// <summary>A pooler hands one that was not in a transaction to somebody else, who may be this very connection.</summary>
    private const string EndSession =
        """
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where pid = $1 and backend_start = $2 and pid <> pg_backend_pid() and xact_start is not null
        """;

    private readonly NpgsqlDataSource _source = SourceOf(address, settings);
    private readonly SemaphoreSlim _places = new(settings.Connections);
    private readonly ConcurrentBag<Lent> _idle = [];
    private readonly ConcurrentDictionary<Lent, bool> _lent = [];
    private volatile bool _isClosed;

    /// <summary>A connection in somebody's hands.</summary>
    /// <param name="Lineage">The server it leads to, and which of its histories.</param>
    /// <param name="Session">The process that serves it there; known also when the connection is closed.</param>
    /// <param name="BegunAt">When that process began: a later one may have its number.</param>
    public sealed record Lent(
        Connection Connection, NpgsqlConnection Inner, string Lineage, int Session, DateTime BegunAt);

    public static NpgsqlDataSource SourceOf(PostgresAddress address, PostgresSettings settings)
    {
        var builder = address.ToBuilder();
        builder.CommandTimeout = settings.CommandTimeout;
        builder.CancellationTimeout = 500;
        builder.KeepAlive = settings.KeepAlive;
        builder.MaxAutoPrepare = 200;
        builder.AutoPrepareMinUsages = 2;
        builder.Enlist = false;

        // This class is the pool: it knows when a connection may be used again.
        builder.Pooling = false;

        // Every type of ours is one of PostgreSQL's own; asking for the others takes time at each start.
        var source = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return source.Build();
    }

    /// <summary>Lends a connection until <see cref="GiveBack"/> or <see cref="Discard"/>.</summary>
    public async Task<Lent> TakeAsync(CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            if (_isClosed)
            {
                throw new StoreException($"The database {address} is closed.");
            }

            var lent = _idle.TryTake(out var idle) ? idle : await OpenAsync(ct);
            _lent.TryAdd(lent, true);
            return lent;
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void GiveBack(Lent lent)
    {
        _lent.TryRemove(lent, out _);
        _idle.Add(lent);
        _places.Release();
    }

    /// <summary>Closes a connection that cannot be trusted any more.</summary>
    public void Discard(Lent lent)
    {
        _lent.TryRemove(lent, out _);
        try
        {
            Close(lent);
            lost.Enqueue(lent);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Closes those that idle.</summary>
    public void Clear()
    {
        while (_idle.TryTake(out var idle))
        {
            Close(idle);
        }
    }

    /// <summary>Closes all, those in somebody's hands too: what they have not committed is rolled back.</summary>
    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        Clear();
        foreach (var lent in _lent.Keys)
        {
            Close(lent);
        }

        return _source.DisposeAsync();
    }

    private static void Close(Lent lent)
    {
        try
        {
            lent.Connection.Dispose();
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or IOException)
        {
            // Work that was given up still has it in its hands, and TLS lets only one write at a time. Its own end or the
            // server's limits close it.
        }
    }

    private async Task<Lent> OpenAsync(CancellationToken ct)
    {
        var inner = _source.CreateConnection();
        try
        {
            await inner.OpenAsync(ct);
            await using var set = new NpgsqlCommand(settings.Sql, inner);
            await set.ExecuteNonQueryAsync(ct);
            await EndLostAsync(inner, ct);
            await using var ask = new NpgsqlCommand(WhoServes, inner);
            await using var row = await ask.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            if (row.GetString(3) is not "on")
            {
                // After a failover it may be another server than the one that was looked at in the beginning.
                throw new StoreException($"The server of {address} runs with fsync=off. Switch fsync on.");
            }

            return new(
                new(inner, new PostgresDialect()), inner, row.GetString(0), row.GetInt32(1), row.GetDateTime(2));
        }
        catch
        {
            await inner.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A session that was lost between two messages waits for the next one with its locks held. When the server cannot
    /// see that nobody is there, because what lies between stands still, it waits for as long as that does.
    /// </summary>
    private async Task EndLostAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        while (lost.TryDequeue(out var one))
        {
            try
            {
                await using var end = new NpgsqlCommand(EndSession, connection);
                end.Parameters.Add(new() { Value = one.Session });
                end.Parameters.Add(new() { Value = one.BegunAt });
                await end.ExecuteNonQueryAsync(ct);
            }
            catch
            {
                lost.Enqueue(one);
                throw;
            }
        }
    }
}
