using System.Collections.Concurrent;
using Holdfast.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Tests.Support;

/// <summary>Databases with our schema for one test after another: emptying one is quicker than making one.</summary>
internal static class PostgresDatabases
{
    private const string Template = "holdfast_template";

    /// <summary>What a test may have changed beside rows: then the database is not used again.</summary>
    private const string Shape =
        """
        select md5(string_agg(what, ' ' order by what))
        from (
            select relname::text || relkind::text from pg_class where relnamespace = 'holdfast'::regnamespace
            union all
            select tgname::text || tgrelid::regclass::text from pg_trigger
            union all
            select conname::text from pg_constraint where connamespace = 'holdfast'::regnamespace
            union all
            select name || checksum from holdfast.migrations
        ) as parts(what)
        """;

    private const string Empty =
        """
        do $$
        declare
            emptied record;
            filled boolean;
        begin
            set local session_replication_role = replica;
            for emptied in
                select c.oid::regclass as name, c.relkind
                from pg_class c
                where c.relnamespace = 'holdfast'::regnamespace and c.relkind in ('r', 'S') and c.relname <> 'migrations'
            loop
                if emptied.relkind = 'S' then
                    execute format('alter sequence %s restart', emptied.name);
                else
                    execute format('select exists (select 1 from %s)', emptied.name) into filled;
                    if filled then
                        execute format('delete from %s', emptied.name);
                    end if;
                end if;
            end loop;
        end
        $$
        """;

    private static readonly Lazy<Task<string>> Made = new(MakeTemplateAsync);
    private static readonly ConcurrentBag<string> Free = [];

    public static async Task<string> RentAsync()
    {
        await Made.Value;
        if (Free.TryTake(out var free))
        {
            return free;
        }

        var name = $"test_{Guid.NewGuid():N}";
        await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(name, Template);
        return name;
    }

    public static async Task GiveBackAsync(string name)
    {
        var server = await PostgresServer.SharedAsync();
        if (await ShapeOfAsync(server, name) != await Made.Value)
        {
            await server.DropDatabaseAsync(name);
            return;
        }

        await server.ExecuteAsync(name, Empty);
        Free.Add(name);
    }

    public static async Task<PostgresAddress> AddressAsync(string name) =>
        PostgresAddress.Parse((await PostgresServer.SharedAsync()).Url(name));

    private static async Task<string> MakeTemplateAsync()
    {
        var server = await PostgresServer.SharedAsync();
        await server.CreateDatabaseAsync(Template);
        await using var database = new PostgresDatabase(
            await AddressAsync(Template), TimeProvider.System, NullLogger<PostgresDatabase>.Instance);
        await database.OpenAsync(CancellationToken.None);
        await database.DisposeAsync();
        return await ShapeOfAsync(server, Template);
    }

    private static async Task<string> ShapeOfAsync(PostgresServer server, string name) =>
        (await server.AskAsync<string>(name, Shape))[0];
}
