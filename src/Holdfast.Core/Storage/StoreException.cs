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

/// <summary>The store was still at it when the time was up: neither it nor the work is known to be broken.</summary>
public sealed class StoreSlowException(Exception cause)
    : Exception("The store did not answer within the attempt's time limit.", cause);

/// <summary>The store must not be used as it is. The message says what to do; nothing was touched.</summary>
public sealed class StoreRefusedException(string message) : Exception(message);
