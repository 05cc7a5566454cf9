namespace Holdfast.Storage;

/// <summary>Who asks to write. Deliveries go before work, but never twice in a row over work that waits.</summary>
internal enum Turn
{
    Ingest,
    Work,
}

/// <summary>
/// The store of everything. The engines differ in their SQL files and in the few members here; there is one C#
/// store per slice for all of them.
/// </summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>The engine's name, as it stands in the names of its SQL files.</summary>
    public abstract string Engine { get; }

    /// <summary>Opens the store, brings its schema up to date, and takes ownership where an engine needs an owner.</summary>
    /// <exception cref="StoreRefusedException">It is not ours, of a newer version, or owned by another process.</exception>
    public abstract Task OpenAsync(CancellationToken ct);

    /// <summary>Runs <paramref name="work"/> in one write transaction, once: nothing is ever run again by itself.</summary>
    public abstract Task<Commit<T>> WriteAsync<T>(Turn turn, Func<Session, Task<T>> work, CancellationToken ct);

    /// <summary>Runs <paramref name="work"/> in a write transaction that is always rolled back: what would happen if.</summary>
    public abstract Task<T> RehearseAsync<T>(Func<Session, Task<T>> work, CancellationToken ct);

    /// <summary>Runs <paramref name="work"/> on one snapshot of the store, without writing.</summary>
    public abstract Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken ct);

    /// <summary>The store itself is in trouble (busy, full, read-only, unreachable): no work is to blame for it.</summary>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>Others were in the way, or it was slow: nothing was written, and later it may succeed.</summary>
    public virtual bool IsContended(Exception exception) => exception is StoreSlowException;

    /// <summary>It was slow: it had all the time that there is. So far nobody knows whose fault that is.</summary>
    public virtual bool IsSlow(Exception exception) => exception is StoreSlowException;

    /// <summary>The store found something of its own broken. It may be one row, and all others may be well.</summary>
    public virtual bool IsDamage(Exception exception) => false;

    /// <summary>Looks at the store's own clock, where it has one that all its nodes go by.</summary>
    public virtual Task SetClockAsync(Session session) => Task.CompletedTask;

    /// <summary>Tells the other nodes something. It may be lost, and nothing may depend on it.</summary>
    public virtual Task NotifyAsync(string message, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Hears what any node tells, until it is cancelled. Hearing nothing, "", means that something may have been missed.
    /// </summary>
    public virtual Task ListenAsync(Action<string> heard, CancellationToken ct) => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
