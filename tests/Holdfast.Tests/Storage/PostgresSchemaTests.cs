using Holdfast.Storage;
using Holdfast.Tests.Support;
using Npgsql;

namespace Holdfast.Tests.Storage;

public sealed class PostgresSchemaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_finds_its_table_held_gives_up_in_time_and_says_what_to_do()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        var address = await PostgresDatabases.AddressAsync(store.PostgresName);
        await using var source = PostgresPool.SourceOf(address, PostgresSettings.Migration);
        var schema = new PostgresSchema(source, TimeProvider.System) { MaxTries = 2 };
        await using var other = await (await PostgresServer.SharedAsync()).OpenAsync(store.PostgresName);
        await using (var transaction = await other.BeginTransactionAsync(Ct))
        {
            await using var hold = new NpgsqlCommand("lock table holdfast.migrations", other, transaction);
            await hold.ExecuteNonQueryAsync(Ct);

            var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => schema.MigrateAsync(Ct));

            Assert.Contains("End the session that holds a transaction open", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await schema.MigrateAsync(Ct));
    }
}
