using System.Net.Sockets;
using Npgsql;

namespace Holdfast.Storage;

/// <summary>What PostgreSQL's errors mean for those who wanted to write.</summary>
/// <remarks>SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
internal static class PostgresErrors
{
    // The first two characters are a class of errors.
    private static readonly string[] Unavailable =
    [
        "08", // connection exceptions
        "26000", "0A000", // what was prepared is gone, or the tables it speaks of were changed
        "25006", // read only: not the primary any more
        "25P03", // this process was away for longer than its transaction may idle
        "28", // the password or the right to connect was changed
        "3D000", // the database is gone
        "3F000", "42P01", "42703", "42501", // so is its schema, a part of it, or the right to it
        "55000", "55006", // not in the state for it
        "53", // out of disk, memory or connections
        "57P", // shut down, crashed, starting, or the connection was ended by an administrator
    ];

    // A file of its that cannot be read, or what it finds there: it may be all of them, or one row.
    private static readonly string[] Damaged = ["58", "XX"];

    private static readonly string[] Contended =
    [
        "40001", // could not serialize
        "40P01", // deadlock
        "55P03", // a lock was not to be had in time
        "57014", // the statement took too long
    ];

    /// <summary>The store itself is in trouble: nobody's work is to blame.</summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        StoreException => true,
        PostgresException error => Unavailable.Any(prefix => error.SqlState.StartsWith(prefix, StringComparison.Ordinal)),

        // Everything else that Npgsql throws tells of a connection that broke or did not answer.
        NpgsqlException or SocketException => true,

        // So does this, when it broke just before it was used again.
        ObjectDisposedException { ObjectName: "System.Threading.ManualResetEventSlim" } => true,
        _ => false,
    };

    /// <summary>The server met something of its own that is broken.</summary>
    public static bool IsDamage(Exception exception) => exception is PostgresException error
        && Damaged.Any(prefix => error.SqlState.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>It had all the time that there is, and was not done.</summary>
    public static bool IsSlow(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    /// <summary>What is prepared on it is of no use any more, or a new one may lead to where writes are taken.</summary>
    public static bool SpoilsTheConnection(Exception exception) =>
        exception is PostgresException { SqlState: "26000" or "0A000" or "25006" };

    /// <summary>Others were in the way. Nothing was written, and later it may succeed.</summary>
    public static bool IsContended(Exception exception) =>
        exception is PostgresException error && Contended.Contains(error.SqlState);

    /// <summary>The server answered COMMIT with an error, which it does before anything became durable.</summary>
    /// <remarks>A session that is ended while it waits for a standby has committed, so such an error proves nothing.</remarks>
    public static bool ProvesRollback(Exception exception) =>
        exception is PostgresException { InvariantSeverity: "ERROR" };
}
