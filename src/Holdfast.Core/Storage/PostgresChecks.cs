using System.Globalization;
using Npgsql;

namespace Holdfast.Storage;

/// <summary>What a server must be like before anything is entrusted to it.</summary>
internal static class PostgresChecks
{
    /// <summary>
    /// Which server this is and which of its histories: a standby that was promoted without the last commits counts its
    /// transactions on from where it stood, and so does a server that crashed before it had written down which numbers
    /// it gave out. A transaction's number means nothing on another line. A crash shows in when the statistics began.
    /// </summary>
    public const string Lineage =
        """
        concat_ws(
            ':',
            (select system_identifier from pg_control_system()),
            case when pg_is_in_recovery() then 'standby' else left(pg_walfile_name(pg_current_wal_lsn()), 8) end,
            (select extract(epoch from stats_reset) from pg_stat_bgwriter))
        """;

    private const int OldestVersion = 150000;

    /// <exception cref="StoreRefusedException">It is not one to rely on; the message says why and what to do.</exception>
    public static async Task RunAsync(NpgsqlDataSource source, PostgresAddress address, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var version = int.Parse(await AskAsync(connection, "show server_version_num", ct), CultureInfo.InvariantCulture);
        Require(
            version >= OldestVersion,
            $"PostgreSQL there is {await AskAsync(connection, "show server_version", ct)}. Holdfast needs 15 or newer.");
        Require(
            await AskAsync(connection, "select pg_is_in_recovery()::text", ct) is "false",
            "The server is a replica, which takes no writes. Name the primary, or several hosts to choose it from.");
        Require(
            await AskAsync(connection, "show fsync", ct) is "on",
            "The server runs with fsync=off: a power failure could take back what was acknowledged. Switch fsync on.");
        Require(
            await AskAsync(connection, "show server_encoding", ct) is "UTF8",
            "The database's encoding is not UTF8, so it cannot hold every event. Create one with encoding 'UTF8'.");
        Require(
            await AskAsync(connection, "show transaction_read_only", ct) is "off",
            "Sessions on it are read-only by default. Set default_transaction_read_only to off for our user.");
        Require(
            await KeepsSessionsAsync(source, connection, ct),
            "Between us and the server is a pooler that hands one session's transactions to different connections. "
            + "Locks, settings and notifications do not survive that: connect to the server itself, or let the pooler "
            + "pool sessions (PgBouncer: pool_mode = session).");

        void Require(bool met, string otherwise)
        {
            if (!met)
            {
                throw new StoreRefusedException($"The database {address} cannot be used. {otherwise}");
            }
        }
    }

    /// <summary>While another session holds a transaction, a pooler of transactions gives the first one another server.</summary>
    private static async Task<bool> KeepsSessionsAsync(
        NpgsqlDataSource source, NpgsqlConnection connection, CancellationToken ct)
    {
        const string Who = "select pg_backend_pid()::text";
        var before = await AskAsync(connection, Who, ct);
        await using var other = await source.OpenConnectionAsync(ct);
        await using var transaction = await other.BeginTransactionAsync(ct);
        await AskAsync(other, Who, ct);
        try
        {
            return await AskAsync(connection, Who, ct) == before;
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            // The only connection of the pooler is taken.
            return false;
        }
    }

    private static async Task<string> AskAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 5 };
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }
}
