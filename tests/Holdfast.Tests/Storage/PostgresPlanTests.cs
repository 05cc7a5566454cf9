using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Storage;
using Holdfast.Testing;
using Holdfast.Tests.Support;
using Npgsql;

namespace Holdfast.Tests.Storage;

/// <summary>
/// With millions of rows a statement without its index is an outage. PostgreSQL says how it would run each one without
/// knowing the values, with tables that are as full as they usually are in relation to each other.
/// </summary>
public sealed partial class PostgresPlanTests(PostgresPlanTests.FullDatabase database)
    : IClassFixture<PostgresPlanTests.FullDatabase>
{
    private const string Migrations = "Storage/Migrations/";

    /// <summary>Tables that stay small, or of which a statement wants everything.</summary>
    private static readonly string[] MayBeScanned = ["counters", "tokens", "refusals", "nodes", "migrations"];

    public static TheoryData<string, string> EveryStatement =>
    [
        .. from file in EmbeddedText.Names
           where file.EndsWith(".postgres.sql", StringComparison.Ordinal)
           where !file.StartsWith(Migrations, StringComparison.Ordinal)
           let store = file.Split('.')[0]
           from name in Statements.Of(store, "postgres").Names
           where Statements.Of(store, "postgres")[name].Sql is var sql && !sql.Contains("create table", StringComparison.Ordinal)
           select (store, name),
    ];

    [Theory, MemberData(nameof(EveryStatement))]
    public async Task No_statement_reads_a_whole_table(string store, string name)
    {
        var plan = await database.ExplainAsync(Statements.Of(store, "postgres")[name].Sql);

        Assert.Empty(Steps(plan).Select(Breach).OfType<string>());
    }

    /// <returns>What is wrong with a step; null when nothing is.</returns>
    private string? Breach(JsonElement step) => step.GetProperty("Node Type").GetString() switch
    {
        "Seq Scan" when step.GetProperty("Relation Name").GetString()! is var table && !MayBeScanned.Contains(table) =>
            $"reads all of {table}",
        "Index Scan" or "Index Only Scan" or "Bitmap Index Scan" when !step.TryGetProperty("Index Cond", out _) =>
            Whole(step.GetProperty("Index Name").GetString()!),
        _ => null,
    };

    /// <summary>An index may hold just what a statement wants all of: the jobs of one state that never are many.</summary>
    private string? Whole(string index)
    {
        var (table, holds) = database.Indexes[index];
        return MayBeScanned.Contains(table) || holds.Contains("state", StringComparison.Ordinal)
            ? null
            : $"reads all of {table} by {index}";
    }

    private static IEnumerable<JsonElement> Steps(JsonElement step) =>
        step.TryGetProperty("Plans", out var parts)
            ? parts.EnumerateArray().SelectMany(Steps).Prepend(step)
            : [step];

    /// <summary>One that holds what a shop of some age does.</summary>
    public sealed partial class FullDatabase : IAsyncLifetime
    {
        private const string Fill =
            """
            set search_path = holdfast;
            insert into event_ids (id, event_id, livemode, stripe_account, deliveries, last_delivery_at)
            select first_id_at(now()) + n, 'evt_' || n, n % 2 = 0, '', 1, now() from generate_series(1, 20000) n;
            insert into events (
                id, event_id, livemode, stripe_account, type, created, received_at, object_type, object_id, endpoint,
                correlation, hash, body)
            select id, event_id, livemode, '', 'type_' || id % 40, now(), now(), 'customer', 'cus_' || id % 15000, 'default',
                '', '', repeat('x', 300)::bytea
            from event_ids;
            insert into jobs (id, kind, subject, state, attempt, run_at, created_at, ended_at, lease_until, dismissed_for)
            select id, 'event', id, state, 1, case when state = 'waiting' then now() end, now(),
                case when state not in ('waiting', 'running') then now() end,
                case when state = 'running' then now() end, case when state = 'dismissed' then 'a reason' end
            from (
                select id, case when id % 400 = 0 then 'waiting' when id % 2000 = 1 then 'dead'
                    when id % 2000 = 2 then 'running' when id % 2000 = 3 then 'unknown' when id % 2000 = 4 then 'dismissed'
                    else 'completed' end as state
                from event_ids) as jobs;
            insert into attempts (job, attempt, started_at, ended_at, state, fingerprint)
            select id, 1, now(), now(), 'dead', 'print ' || id % 50 from event_ids where id % 4 = 1;
            insert into event_conflicts (event, received_at, endpoint, correlation, hash, body)
            select id, now(), 'default', '', '', '' from event_ids where id % 10 = 1;
            insert into objects (
                stripe_account, livemode, type, id, body, customer, status, parent, as_of, source, cause, confirmed, in_doubt,
                deleted, hash)
            select '', n % 2 = 0, (array['customer', 'subscription', 'invoice', 'charge'])[1 + n % 4], 'id_' || n,
                json_build_object('email', n || '@shop.example'), 'cus_' || n % 15000, 'active', 'sub_' || n % 15000, now(),
                'event', 'evt_1', true, false, false, ''
            from generate_series(1, 20000) n;
            insert into object_changes (stripe_account, livemode, type, object_id, event, difference, applied_at)
            select '', livemode, type, id, first_id_at(now()) + row_number() over (), '{}', now() from objects;
            insert into accounts (stripe_account, livemode, reference, created_at)
            select '', n % 2 = 0, 'ref ' || n, now() from generate_series(1, 5000) n;
            insert into account_customers (customer, livemode, stripe_account, account)
            select 'cus_' || id, livemode, '', id from accounts;
            insert into alerts (kind, subject, message, first_at, last_at, cleared_at)
            select 'kind', 'subject ' || n, '', now(), now(), case when n > 100 then now() end from generate_series(1, 5000) n;
            insert into findings (
                kind, stripe_account, livemode, subject, message, facts, first_at, last_at, closed_at, closed_for)
            select 'parked', '', true, 'subscription sub_' || n, '', '{}', now(), now(), case when n > 100 then now() end,
                case when n > 100 then 'it was found' end
            from generate_series(1, 5000) n;
            insert into audit (at, actor, action, subject)
            select now(), 'somebody', 'something', 'subject ' || n from generate_series(1, 5000) n;
            -- As autovacuum does: of what nobody has written to it knows nothing.
            do $$
            declare
                filled text;
            begin
                for filled in
                    select oid::regclass from pg_class
                    where relnamespace = 'holdfast'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
                loop
                    execute 'analyze ' || filled;
                end loop;
            end
            $$;
            """;

        private readonly Dictionary<string, (string Table, string Holds)> _indexes = [];
        private string _name = "";
        private NpgsqlConnection _connection = null!;

        /// <summary>Of each index, the table, and which of its rows it holds when not all.</summary>
        public IReadOnlyDictionary<string, (string Table, string Holds)> Indexes => _indexes;

        public async ValueTask InitializeAsync()
        {
            var server = await PostgresServer.SharedAsync();
            _name = await PostgresDatabases.RentAsync();
            await server.ExecuteAsync(_name, Fill);
            _connection = await server.OpenAsync(_name);
            await RunAsync(PostgresSettings.Work.Sql);
            await RunAsync("set plan_cache_mode = force_generic_plan");
            await using var ask = new NpgsqlCommand(
                """
                select indexrelid::regclass::text, indrelid::regclass::text, coalesce(pg_get_expr(indpred, indrelid), '')
                from pg_index
                """,
                _connection);
            await using var rows = await ask.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                _indexes.Add(rows.GetString(0), (rows.GetString(1), rows.GetString(2)));
            }
        }

        /// <returns>The first step of the plan, as PostgreSQL's JSON, which holds the others.</returns>
        public async Task<JsonElement> ExplainAsync(string sql)
        {
            var types = new List<(string Name, string Type)>();
            foreach (Match typed in Parameter.Matches(sql))
            {
                var (name, type) = (typed.Groups["name"].Value, typed.Groups["type"].Value);
                if (types.TrueForAll(one => one.Name != name))
                {
                    types.Add((name, type));
                }
            }

            var numbered = Parameter.Replace(
                sql,
                named => $"${1 + types.FindIndex(one => one.Name == named.Groups["name"].Value)}");
            await RunAsync($"prepare asked{InBrackets(types.Select(one => one.Type))} as {numbered}");
            await using var explain = new NpgsqlCommand(
                $"explain (format json) execute asked{InBrackets(types.Select(_ => "null"))}", _connection);
            var answer = (string)(await explain.ExecuteScalarAsync())!;
            await RunAsync("deallocate asked");
            return JsonDocument.Parse(answer).RootElement[0].GetProperty("Plan");
        }

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            await PostgresDatabases.GiveBackAsync(_name);
        }

        private static string InBrackets(IEnumerable<string> parts) =>
            string.Join(", ", parts) is { Length: > 0 } list ? $"({list})" : "";

        private async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, _connection);
            await command.ExecuteNonQueryAsync();
        }

        [GeneratedRegex(@"@(?<name>[a-z_]+)(::(?<type>[a-z]+(\[\])?))?")]
        private static partial Regex Parameter { get; }
    }
}
