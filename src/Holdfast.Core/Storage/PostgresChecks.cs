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
    private const int MaxHolders = 2;

    /// <exception cref="StoreRefusedException">It is not one to rely on; the message says why and what to do.</exception>
    public static async Task RunAsync(NpgsqlDataSource source, PostgresAddress address, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var tooOld = TooOld(
            await AskAsync(connection, "show server_version_num", ct), await AskAsync(connection, "show server_version", ct));
        Require(tooOld is null, tooOld ?? "");
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

    /// <returns>What is wrong with a version, or null.</returns>
    internal static string? TooOld(string number, string version) =>
        int.Parse(number, CultureInfo.InvariantCulture) >= OldestVersion
            ? null
            : $"PostgreSQL there is {version}. Holdfast needs 15 or newer.";

    /// <summary>
    /// While others hold transactions, a pooler of transactions gives the first session another server, or them its own.
    /// With two servers that it gives out in turn, it takes two who hold one.
    /// </summary>
    private static async Task<bool> KeepsSessionsAsync(
        NpgsqlDataSource source, NpgsqlConnection connection, CancellationToken ct)
    {
        const string Who = "select pg_backend_pid()::text";
        var ours = await AskAsync(connection, Who, ct);
        var isDirect = ours == connection.ProcessID.ToString(CultureInfo.InvariantCulture);
        var holders = new Stack<NpgsqlConnection>();
        try
        {
            for (var holder = 0; holder < (isDirect ? 1 : MaxHolders); holder++)
            {
                holders.Push(await source.OpenConnectionAsync(ct));
                await AskAsync(holders.Peek(), "begin", ct);
                if (await AskAsync(holders.Peek(), Who, ct) == ours || await AskAsync(connection, Who, ct) != ours)
                {
                    return false;
                }
            }

            return true;
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            // All connections of the pooler are taken.
            return false;
        }
        finally
        {
            foreach (var holder in holders)
            {
                await holder.DisposeAsync();
            }
        }
    }

    private static async Task<string> AskAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 5 };
        return await command.ExecuteScalarAsync(ct) as string ?? "";
    }
}
