using Npgsql;

namespace Holdfast.Storage;

/// <summary>
/// Makes and upgrades our schema while other nodes may be at work: one node at a time, and never waiting long for a
/// lock, behind which everybody else would have to wait.
/// </summary>
internal sealed class PostgresSchema(NpgsqlDataSource source, TimeProvider clock)
{
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
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryAsync(ct);
            }
            catch (PostgresException exception) when (PostgresErrors.IsContended(exception))
            {
                if (tries >= MaxTries)
                {
                    throw new StoreRefusedException(
                        $"The schema cannot be brought up, as others hold what has to be changed: {exception.MessageText}. "
                        + "Nothing was changed. End the session that holds a transaction open, and start again.");
                }

                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    private async Task<IReadOnlyList<string>> TryAsync(CancellationToken ct)
    {
        await using var inner = await source.OpenConnectionAsync(ct);
        using var connection = new Connection(inner, new PostgresDialect());
        connection.Run(PostgresSettings.Migration.Sql);
        await using var transaction = await inner.BeginTransactionAsync(ct);
        connection.Run(OneAtATime);
        if (connection.Ask($"select to_regnamespace('{PostgresSettings.Schema}')::text") is not string)
        {
            connection.Run($"create schema {PostgresSettings.Schema}");
        }

        var session = new Session(connection, ct);
        var applied = await new Migrator("postgres", clock).MigrateAsync(connection, session);
        session.End();

        // Before anything is taken in: after a long time off even this month may have none yet.
        connection.Run("select add_partitions(clock_timestamp() + interval '2 months')");
        await transaction.CommitAsync(ct);
        return applied;
    }
}
