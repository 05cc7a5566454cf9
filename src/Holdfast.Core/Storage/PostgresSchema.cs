using Npgsql;

namespace Holdfast.Storage;

/// <summary>
/// Makes and upgrades our schema while other nodes may be at work: one node at a time, and never waiting long for a
/// lock, behind which everybody else would have to wait.
/// </summary>
internal sealed class PostgresSchema(NpgsqlDataSource source, TimeProvider clock)
{
    private const int MaxTriesForRoom = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits in vain for another node that is at it, and holds up nobody by waiting.</summary>
    private const string OneAtATime =
        $"""
        select set_config('lock_timeout', '10s', true);
        select pg_advisory_xact_lock(hashtextextended('{PostgresSettings.Schema}', 0));
        select set_config('lock_timeout', '200ms', true);
        """;

    /// <summary>Together with the pauses, a minute and a quarter.</summary>
    public int MaxTries { get; init; } = 60;

    /// <returns>The names of the steps that were applied.</returns>
    /// <exception cref="StoreRefusedException">
    /// What has to be changed was held by others all the time, or the schema cannot be worked with.
    /// </exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct)
    {
        List<string> applied = [];
        if (await AgainAsync(MaxTries, connection => UpgradeAsync(connection, applied, ct), ct) is { } reason)
        {
            throw new StoreRefusedException(
                $"The schema cannot be brought up, as others hold what has to be changed: {reason.MessageText}. "
                + "Nothing was changed. End the session that holds a transaction open, and start again.");
        }

        // Before anything is taken in: after a long time off even this month may have none yet. If it cannot be done because
        // somebody reads the tables, as a backup does, the upkeep does it later; until then the rest has room.
        await AgainAsync(MaxTriesForRoom, connection => MakeRoomAsync(connection, ct), ct);
        return applied;
    }

    /// <returns>Null when it was done; otherwise why not, though it was tried as often as it may be.</returns>
    private async Task<PostgresException?> AgainAsync(int maxTries, Func<Connection, Task> work, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var inner = await source.OpenConnectionAsync(ct);
                using var connection = new Connection(inner, new PostgresDialect());
                await connection.RunAsync(PostgresSettings.Migration.Sql, ct);
                await work(connection);
                return null;
            }
            catch (PostgresException exception) when (MayPass(exception))
            {
                if (tries >= maxTries)
                {
                    return exception;
                }

                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    /// <summary>Each step in a transaction of its own: what one has locked is free again before the next begins.</summary>
    private async Task UpgradeAsync(Connection connection, List<string> applied, CancellationToken ct)
    {
        while (await StepAsync(connection, ct) is { } step)
        {
            applied.Add(step);
        }
    }

    private async Task<string?> StepAsync(Connection connection, CancellationToken ct)
    {
        await using var transaction = await connection.Inner.BeginTransactionAsync(ct);
        await connection.RunAsync(OneAtATime, ct);
        if (connection.Ask($"select to_regnamespace('{PostgresSettings.Schema}')::text") is not string)
        {
            await connection.RunAsync($"create schema {PostgresSettings.Schema}", ct);
        }

        var session = new Session(connection, ct);
        var step = await new Migrator("postgres", clock).ApplyNextAsync(connection, session);
        session.End();
        await transaction.CommitAsync(ct);
        return step;
    }

    private static async Task MakeRoomAsync(Connection connection, CancellationToken ct)
    {
        while (connection.Ask("select add_partition(clock_timestamp() + interval '2 months')") is string)
        {
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Others were in the way, or this process stood still for so long that the server gave it up.</summary>
    private static bool MayPass(PostgresException exception) =>
        PostgresErrors.IsContended(exception)
        || exception.SqlState is "25P03";
}
