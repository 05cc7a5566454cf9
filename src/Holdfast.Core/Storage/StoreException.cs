namespace Holdfast.Storage;

/// <summary>The store cannot do it now: unreachable, full, read-only, or closing. Nobody else is to blame.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>The store must not be used as it is. The message says what to do; nothing was touched.</summary>
public sealed class StoreRefusedException(string message) : Exception(message);
