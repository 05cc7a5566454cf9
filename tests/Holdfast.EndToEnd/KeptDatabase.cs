using System.Data.Common;
using Npgsql;

namespace Holdfast.EndToEnd;

/// <summary>What is in a database of PostgreSQL, whether servers work on it or not.</summary>
internal sealed class KeptDatabase : KeptStore
{
    private readonly NpgsqlConnection _connection;

    public KeptDatabase(PostgresServer server, string database)
    {
        _connection = server.OpenAsSuperuser(database);
        Do("set search_path = holdfast, public");
    }

    protected override DbConnection Connection => _connection;

    public override void Dispose() => _connection.Dispose();

    /// <summary>Every index holds every row of its table, in order, and every body is the one that its hash is of.</summary>
    protected override void AssertSound()
    {
        Do("create extension if not exists amcheck with schema public");
        Do(
            """
            do $$
            begin
                perform bt_index_check(class.oid, heapallindexed => true)
                from pg_class class
                join pg_am method on method.oid = class.relam
                where class.relnamespace = 'holdfast'::regnamespace and class.relkind = 'i' and method.amname = 'btree';
            end
            $$
            """);
        Assert.Equal(0, Number("select count(*) from objects where hash <> sha256(convert_to(body::text, 'UTF8'))"));
    }

    protected override string Say(string onSqlite, string onPostgres) => onPostgres;

    private void Do(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        command.ExecuteNonQuery();
    }
}
