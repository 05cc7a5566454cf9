namespace Holdfast.Storage;

/// <summary>
/// How a write ended. A commit has three results, not two: when the answer to COMMIT is lost, or a disk fails under
/// it, the rows may be there or not, and only looking can tell.
/// </summary>
internal abstract record Commit<T>
{
    private Commit()
    {
    }

    /// <summary>The writes are durable.</summary>
    public sealed record Committed(T Value) : Commit<T>;

    /// <summary>Nothing was written, because of <paramref name="Cause"/>.</summary>
    public sealed record RolledBack(Exception Cause) : Commit<T>;

    /// <summary>The writes may be durable or lost. Look at the rows before acting again.</summary>
    public sealed record Unknown(Exception Cause) : Commit<T>;

    /// <summary>The value of a committed write.</summary>
    /// <exception cref="StoreException">It was rolled back by the store, or its end is unknown.</exception>
    public T OrThrow() => this switch
    {
        Committed(var value) => value,
        RolledBack(StoreException cause) => throw cause,
        RolledBack(var cause) => throw new StoreException($"Nothing was written: {cause.Message}", cause),
        Unknown(var cause) => throw new StoreException("The write may or may not have been kept; look again.", cause),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
