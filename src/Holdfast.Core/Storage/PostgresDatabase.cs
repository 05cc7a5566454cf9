using System.Collections.Concurrent;
using System.Data;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Holdfast.Storage;

/// <summary>
/// The store of many nodes. Every node writes; what must not happen at once is kept apart by unique keys, row locks
/// and locks on names, and what the lost answer to a commit leaves open is asked from the database.
/// </summary>
/// <remarks>Why it is so: docs/decisions/0004-postgresql.md.</remarks>
internal sealed partial class PostgresDatabase : Database
{
    /// <summary>How long the fate of a commit is asked for. After that it is left to whoever looks at the rows.</summary>
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ListenAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(50);

    private static readonly Statement TransactionNumber = new(
        nameof(TransactionNumber), "select pg_current_xact_id_if_assigned()::text::bigint");

    /// <summary>
    /// On another server, or on the same with another history, the number belongs to somebody else; and what was
    /// committed there may still have to reach the standby that commits wait for.
    /// </summary>
    private static readonly Statement Fate = new(
        nameof(Fate),
        $"""
        select case
            when {PostgresChecks.Lineage} <> @lineage::text then 'unknowable'
            else (
                select case
                    when fate = 'committed' and current_setting('synchronous_standby_names') <> '' then 'unknowable'
                    else coalesce(fate, 'unknowable')
                end
                from pg_xact_status(@number::bigint::text::xid8) as fate)
        end
        """);

    /// <summary>The session that held the transaction can commit nothing any more once it has been ended.</summary>
    private static readonly Statement EndSession = new(
        nameof(EndSession),
        """
        select count(pg_terminate_backend(pid))
        from pg_stat_activity
        where pid = @session::bigint and backend_xid = (@number::bigint & 4294967295)::text::xid
        """);

    private static readonly Statement Notify = new(
        nameof(Notify), $"select pg_notify('{PostgresSettings.Schema}', @message::text)::text");

    private static readonly Statement Now = new(nameof(Now), "select clock_timestamp()");

    private readonly PostgresAddress _address;
    private readonly TimeProvider _clock;
    private readonly ILogger<PostgresDatabase> _log;
    private readonly PostgresPool _ingest;
    private readonly PostgresPool _work;
    private readonly PostgresPool _reads;

    /// <summary>Deliveries wait for its answer, and it waits for nobody who reads.</summary>
    private readonly PostgresPool _settling;

    /// <summary>One at a time: they share the connections of the work that cannot wait.</summary>
    private readonly SemaphoreSlim _rehearsal = new(1);

    /// <param name="clock">A <see cref="StoreClock"/> is kept in step with the database's.</param>
    public PostgresDatabase(PostgresAddress address, TimeProvider clock, ILogger<PostgresDatabase> log)
    {
        _address = address;
        _clock = clock;
        _log = log;
        var lost = new ConcurrentQueue<PostgresPool.Lent>();
        _ingest = new(address, PostgresSettings.Ingest, lost);
        _work = new(address, PostgresSettings.Work, lost);
        _reads = new(address, PostgresSettings.Reads, lost);
        _settling = new(address, PostgresSettings.Settling, lost);
    }

    public override string Engine => "postgres";

    public override async Task OpenAsync(CancellationToken ct)
    {
        try
        {
            await using (var source = PostgresPool.SourceOf(_address, PostgresSettings.Migration))
            {
                await PostgresChecks.RunAsync(source, _address, ct);
                foreach (var step in await new PostgresSchema(source, _clock).MigrateAsync(ct))
                {
                    LogMigrated(step);
                }
            }

            await ReadAsync(
                async session =>
                {
                    await SetClockAsync(session);
                    return true;
                },
                ct);
        }
        catch (PostgresException exception) when (exception.SqlState is not ("57P03" or "53300"))
        {
            throw new StoreRefusedException(
                $"The database {_address} cannot be used: {exception.MessageText} ({exception.SqlState}). Check that it "
                + "exists, that DATABASE_URL has the right user and password, and that this user owns the schema "
                + $"{PostgresSettings.Schema} or may create it.");
        }
        catch (NpgsqlException exception) when (exception.InnerException is AuthenticationException)
        {
            throw new StoreRefusedException(
                $"The database {_address} shows a certificate that cannot be trusted. Check that the root in sslrootcert "
                + "has signed it, and that it is made for the host in DATABASE_URL.");
        }
        catch (Exception exception) when (PostgresErrors.IsUnavailable(exception))
        {
            throw new StoreRefusedException(
                $"The database {_address} cannot be reached: {Reason(exception)}. Check DATABASE_URL, and that the server "
                + "runs, takes writes and lets this machine in.");
        }
    }

    public override async Task<Commit<T>> WriteAsync<T>(Turn turn, Func<Session, Task<T>> work, CancellationToken ct)
    {
        var pool = turn is Turn.Ingest ? _ingest : _work;
        Begun<(T Value, long Number)> begun;
        try
        {
            begun = await BeginAsync(
                pool,
                IsolationLevel.ReadCommitted,

                // After a statement that failed the number cannot be had, so nobody commits by keeping silent about it.
                async session => (await work(session), await session.NumberAsync(TransactionNumber)),
                ct);
        }
        catch (Exception exception)
        {
            return new Commit<T>.RolledBack(exception);
        }

        var (value, number) = begun.Value;
        var warned = false;
        void Warn(object sender, NpgsqlNoticeEventArgs notice) => warned |= notice.Notice.InvariantSeverity is "WARNING";
        begun.Lent.Inner.Notice += Warn;
        try
        {
            await begun.Transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            begun.Lent.Inner.Notice -= Warn;
            Break(pool, begun.Lent);
            return PostgresErrors.ProvesRollback(exception) || number is 0
                ? new Commit<T>.RolledBack(exception)
                : await SettleAsync(begun.Lent, number, value, exception);
        }

        begun.Lent.Inner.Notice -= Warn;
        pool.GiveBack(begun.Lent);

        // It waited for a standby, was interrupted, and is durable only here.
        return warned
            ? new Commit<T>.Unknown(new StoreException("The commit was not confirmed by the standby it waits for."))
            : new Commit<T>.Committed(value);
    }

    public override async Task<T> RehearseAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        await _rehearsal.WaitAsync(ct);
        try
        {
            var begun = await BeginAsync(_work, IsolationLevel.ReadCommitted, work, ct);
            await RollBackAsync(_work, begun.Lent, begun.Transaction);
            return begun.Value;
        }
        catch (Exception exception) when (Trouble(exception) is { } trouble)
        {
            throw trouble;
        }
        finally
        {
            _rehearsal.Release();
        }
    }

    public override async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct)
    {
        try
        {
            var begun = await BeginAsync(_reads, IsolationLevel.RepeatableRead, work, ct);
            await RollBackAsync(_reads, begun.Lent, begun.Transaction);
            return begun.Value;
        }
        catch (Exception exception) when (Trouble(exception) is { } trouble)
        {
            throw trouble;
        }
    }

    public override async Task SetClockAsync(Session session)
    {
        if (_clock is StoreClock clock)
        {
            // The first statement of a session also begins its transaction.
            await session.QueryAsync(Now, row => row.Moment(0));
            var askedAt = clock.GetTimestamp();
            clock.Set((await session.QueryAsync(Now, row => row.Moment(0)))[0], askedAt);
        }
    }

    public override async Task NotifyAsync(string message, CancellationToken ct)
    {
        var told = await WriteAsync(
            Turn.Work, session => session.FirstAsync(Notify, row => row.Text(0), [("message", message)]), ct);
        if (told is not Commit<string?>.Committed)
        {
            LogNotTold();
        }
    }

    public override async Task ListenAsync(Action<string> heard, CancellationToken ct)
    {
        await using var source = PostgresPool.SourceOf(_address, PostgresSettings.Listening);
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                connection.Notification += (_, notification) => heard(notification.Payload);
                await using var listen = new NpgsqlCommand(PostgresSettings.Listening.Sql, connection);
                await listen.ExecuteNonQueryAsync(ct);
                heard("");
                while (true)
                {
                    await connection.WaitAsync(ct);
                }
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogDeaf(exception);
                await Task.Delay(ListenAgain, _clock, ct);
            }
        }
    }

    public override bool IsUnavailable(Exception exception) => PostgresErrors.IsUnavailable(exception);

    public override bool IsContended(Exception exception) =>
        base.IsContended(exception) || PostgresErrors.IsContended(exception);

    public override bool IsSlow(Exception exception) => base.IsSlow(exception) || PostgresErrors.IsSlow(exception);

    public override bool IsDamage(Exception exception) => PostgresErrors.IsDamage(exception);

    public override async ValueTask DisposeAsync()
    {
        await _ingest.DisposeAsync();
        await _work.DisposeAsync();
        await _reads.DisposeAsync();
        await _settling.DisposeAsync();
    }

    /// <summary>Does the work in a transaction that is left open. When it throws, it has been rolled back.</summary>
    private async Task<Begun<T>> BeginAsync<T>(
        PostgresPool pool, IsolationLevel isolation, Func<Session, Task<T>> work, CancellationToken ct)
    {
        var lent = await pool.TakeAsync(ct);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var session = new Session(lent.Connection, abandoned.Token);
        NpgsqlTransaction? transaction = null;
        try
        {
            transaction = await lent.Inner.BeginTransactionAsync(isolation, ct);
            var value = await work(session);
            session.End();
            return new(lent, transaction, value);
        }
        catch (Exception exception)
        {
            session.End();
            await abandoned.CancelAsync();
            if (exception is TimeoutException or StoreSlowException || PostgresErrors.SpoilsTheConnection(exception))
            {
                // Work that was given up may still be about to use it; or what is prepared on it is of no use any more.
                Break(pool, lent);
            }
            else
            {
                await RollBackAsync(pool, lent, transaction);
            }

            throw;
        }
    }

    private async Task RollBackAsync(PostgresPool pool, PostgresPool.Lent lent, NpgsqlTransaction? transaction)
    {
        try
        {
            if (transaction is not null)
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            // Broken, or still in the hands of work that was given up: the server rolls back when it is closed.
            LogNotRolledBack(exception);
            Break(pool, lent);
            return;
        }

        if (lent.Inner.FullState is ConnectionState.Open)
        {
            pool.GiveBack(lent);
        }
        else
        {
            Break(pool, lent);
        }
    }

    /// <summary>Closes a connection, and those that idle: what broke one has probably broken all.</summary>
    private void Break(PostgresPool pool, PostgresPool.Lent lent)
    {
        pool.Discard(lent);
        _ingest.Clear();
        _work.Clear();
        _reads.Clear();
        _settling.Clear();
    }

    /// <summary>Asks the database what became of a transaction whose commit was not answered.</summary>
    private async Task<Commit<T>> SettleAsync<T>(PostgresPool.Lent lost, long number, T value, Exception cause)
    {
        var startedAt = _clock.GetTimestamp();
        while (SettleWithin - _clock.GetElapsedTime(startedAt) is var left && left > TimeSpan.Zero)
        {
            switch (await FateOfAsync(lost, number, left))
            {
                case "committed":
                    LogSettled(cause, "kept");
                    return new Commit<T>.Committed(value);
                case "aborted":
                    LogSettled(cause, "rolled back");
                    return new Commit<T>.RolledBack(new StoreException($"The commit was lost: {cause.Message}", cause));
                case "unknowable":
                    LogNotSettled(cause);
                    return new Commit<T>.Unknown(cause);
                default:
                    await Task.Delay(SettleInterval, _clock);
                    break;
            }
        }

        LogNotSettled(cause);
        return new Commit<T>.Unknown(cause);
    }

    private async Task<string> FateOfAsync(PostgresPool.Lent lost, long number, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, _clock);
        try
        {
            var begun = await BeginAsync(
                _settling,
                IsolationLevel.ReadCommitted,
                async session =>
                {
                    await session.NumberAsync(EndSession, ("session", (long)lost.Session), ("number", number));
                    return (await session.QueryAsync(
                        Fate, row => row.Text(0), ("lineage", lost.Lineage), ("number", number)))[0];
                },
                limit.Token);
            await RollBackAsync(_settling, begun.Lent, begun.Transaction);
            return begun.Value;
        }
        catch (Exception exception)
        {
            // Whatever it was, it may pass, and the time for asking is limited.
            LogNotAsked(exception);
            return "unreachable";
        }
    }

    /// <summary>With several hosts, what each that failed said.</summary>
    private static string Reason(Exception exception) => exception.InnerException switch
    {
        AggregateException each => string.Join("; ", each.InnerExceptions.Select(one => one.Message.TrimEnd('.'))),
        { } inner => inner.Message.TrimEnd('.'),
        null => exception.Message.TrimEnd('.'),
    };

    private StoreException? Trouble(Exception exception) => exception switch
    {
        StoreException => null,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
            new StoreException("A read took too long and was given up. Ask for less.", exception),
        _ when IsUnavailable(exception) || IsContended(exception) || IsDamage(exception) =>
            new StoreException($"The database {_address} cannot be used now: {exception.Message}", exception),
        _ => null,
    };

    private sealed record Begun<T>(PostgresPool.Lent Lent, NpgsqlTransaction Transaction, T Value);

    [LoggerMessage(7101, LogLevel.Information, "Applied the schema step {Step}.")]
    private partial void LogMigrated(string step);

    [LoggerMessage(7102, LogLevel.Debug, "A transaction could not be rolled back; its connection is closed.")]
    private partial void LogNotRolledBack(Exception cause);

    [LoggerMessage(7103, LogLevel.Warning, "The answer to a commit was lost; the database says that it was {Fate}.")]
    private partial void LogSettled(Exception cause, string fate);

    [LoggerMessage(7107, LogLevel.Debug, "What became of a commit could not be asked.")]
    private partial void LogNotAsked(Exception cause);

    [LoggerMessage(7105, LogLevel.Debug, "The other nodes could not be told that there is work; they look by themselves.")]
    private partial void LogNotTold();

    [LoggerMessage(7106, LogLevel.Warning, "The other nodes cannot be heard; this one looks for work by itself.")]
    private partial void LogDeaf(Exception cause);

    [LoggerMessage(7104, LogLevel.Error, "The answer to a commit was lost, and the database cannot tell what became of it. "
        + "Nothing is acknowledged for it; what was written, if it was, is found when it is looked for.")]
    private partial void LogNotSettled(Exception cause);
}
