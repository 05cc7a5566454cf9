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
    private static readonly string[] MayBeScanned = ["counters", "tokens", "refusals", "nodes", "cursors", "migrations"];

    /// <summary>Indexes that hold just what never is much.</summary>
    private static readonly string[] FewRows =
        ["dead_letters", "dismissed_letters", "jobs_out", "nodes_alive", "one_open_alert_per_subject"];

    /// <summary>Statements that count all that an index holds, or want its first rows.</summary>
    private static readonly (string Statement, string Index)[] WantsAll =
        [("Counts", "jobs_due"), ("OldestOpen", "open_fetches_by_age"), ("LatestConfirmed", "closed_fetches")];

    /// <summary>Columns with so few values that one of them still means a great part of the rows.</summary>
    private static readonly string[] Coarse = ["kind", "livemode", "state", "type"];

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

        Assert.Empty(Steps(plan).Select(step => Breach(name, step)).OfType<string>());
    }

    /// <summary>What runs for every event, or for every other thing that happens often.</summary>
    [Theory]
    [InlineData("Ingest/EventStore", "Load", "events_pkey")]
    [InlineData("Ingest/EventStore", "Prints", "events_pkey")]
    [InlineData("Jobs/JobStore", "ClaimDue", "jobs_due")]
    [InlineData("Jobs/JobStore", "ClaimOne", "open_jobs_pkey")]
    [InlineData("Jobs/JobStore", "Complete", "open_jobs_pkey")]
    [InlineData("Jobs/JobStore", "Finish", "open_jobs_pkey")]
    [InlineData("Jobs/JobStore", "Lease", "jobs_due, open_jobs_pkey")]
    [InlineData("Jobs/JobStore", "FinishLeased", "open_jobs_pkey")]
    [InlineData("Jobs/JobStore", "Suspects", "jobs_due")]
    [InlineData("Mirror/ObjectStore", "Lock", "one_row_per_object")]
    [InlineData("Mirror/ObjectStore", "AccessRows", "objects_by_customer")]
    [InlineData("Mirror/ObjectStore", "Children", "objects_by_parent")]
    [InlineData("Access/AccountStore", "ByPayer", "a_customer_has_one_account, accounts_pkey")]
    [InlineData("Access/AccountStore", "ByReference", "account_has_its_own_reference")]
    [InlineData("Access/AccountStore", "ByEmail", "a_customer_has_one_account, accounts_pkey, customers_by_email")]
    [InlineData("Access/AccountStore", "ReferenceOf", "objects_by_customer, one_row_per_object")]
    public async Task What_runs_often_takes_just_the_indexes_made_for_it(string store, string name, string indexes)
    {
        var plan = await database.ExplainAsync(Statements.Of(store, "postgres")[name].Sql);

        var taken = Steps(plan).Select(IndexOf).OfType<string>().Select(index => database.Indexes[index].Whole);
        Assert.Equal(indexes, string.Join(", ", taken.Distinct().Order(StringComparer.Ordinal)));
    }

    /// <summary>A session plans a statement once, and PostgreSQL looks after tables once a minute.</summary>
    [Theory]
    [InlineData("Ingest/EventStore", "Load")]
    [InlineData("Jobs/JobStore", "ClaimDue")]
    [InlineData("Jobs/JobStore", "Complete")]
    [InlineData("Jobs/JobStore", "Lease")]
    [InlineData("Jobs/JobStore", "FinishLeased")]
    [InlineData("Mirror/ObjectStore", "Lock")]
    [InlineData("Access/AccountStore", "ByPayer")]
    [InlineData("Access/AccountStore", "ByReference")]
    [InlineData("Access/AccountStore", "ReferenceOf")]
    public async Task What_runs_often_reads_no_whole_table_either_when_it_was_planned_while_all_were_empty(
        string store, string name)
    {
        var plan = await database.ExplainAsync(Statements.Of(store, "postgres")[name].Sql, isEmpty: true);

        Assert.Empty(Steps(plan).Select(step => Breach(name, step)).OfType<string>());
    }

    /// <returns>What is wrong with a step; null when nothing is.</returns>
    private string? Breach(string statement, JsonElement step) => step.GetProperty("Node Type").GetString() switch
    {
        "Seq Scan" when step.GetProperty("Relation Name").GetString()! is var table && !MayBeScanned.Contains(table) =>
            $"reads all of {table}",
        _ when IndexOf(step) is { } name && database.Indexes[name] is var index && !MayBeReadWhole(index, statement) =>
            Missing(index, step.TryGetProperty("Index Cond", out var condition) ? condition.GetString()! : ""),
        _ => null,
    };

    private static bool MayBeReadWhole(Index index, string statement) =>
        index.Table.StartsWith("pg_", StringComparison.Ordinal) || MayBeScanned.Contains(index.Table)
            || FewRows.Contains(index.Whole) || WantsAll.Contains((statement, index.Whole));

    /// <summary>A condition picks few rows when it is on the first columns, up to one that tells many values apart.</summary>
    private static string? Missing(Index index, string condition)
    {
        foreach (var column in index.Columns)
        {
            if (!condition.Contains($"({column} ", StringComparison.Ordinal))
            {
                return $"{index.Whole} is read without a condition on {column}: {condition}";
            }

            if (!Coarse.Contains(column))
            {
                return null;
            }
        }

        return $"{index.Whole} has only coarse columns";
    }

    private static string? IndexOf(JsonElement step) =>
        step.TryGetProperty("Index Name", out var name) ? name.GetString() : null;

    private static IEnumerable<JsonElement> Steps(JsonElement step) =>
        step.TryGetProperty("Plans", out var parts)
            ? parts.EnumerateArray().SelectMany(Steps).Prepend(step)
            : [step];

    /// <param name="Table">Or the partition of one.</param>
    /// <param name="Whole">The index's name, or where it is of a partition, that of the whole table's.</param>
    /// <param name="Columns">In their order; an expression as PostgreSQL writes it.</param>
    public sealed record Index(string Table, string Whole, IReadOnlyList<string> Columns);

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
                select id, case when id % 40 = 0 then 'waiting' when id % 2000 = 1 then 'dead'
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
            insert into calls (
                at, correlation, request_id, method, path, status, status_class, failure, duration_ms, attempt, lane, cause,
                stripe_account, node)
            select now(), 'call ' || n, 'req_' || n, 'GET', '/v1/events', 200, 2, null, 1, 1, 'live', 'evt_' || n, '', ''
            from generate_series(1, 20000) n;
            insert into parked (stripe_account, livemode, type, object_id, customer, parent, looked, deadline_at)
            select '', true, 'subscription', 'sub_' || n, 'cus_' || n % 15000, 'pi_' || n, true, now()
            from generate_series(1, 5000) n;
            insert into fetches (
                stripe_account, livemode, type, object_id, why, cause, changed_at, opened_at, wanted_at, closed_at)
            select '', true, 'customer', 'cus_' || n, 'confirm', 'evt_' || n, now(), now(), now(),
                case when n > 500 then now() end
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

        private readonly Dictionary<string, Index> _indexes = [];
        private string _name = "";
        private string _emptyName = "";
        private NpgsqlConnection _connection = null!;
        private NpgsqlConnection _empty = null!;

        public IReadOnlyDictionary<string, Index> Indexes => _indexes;

        public async ValueTask InitializeAsync()
        {
            var server = await PostgresServer.SharedAsync();
            _name = await PostgresDatabases.RentAsync();
            await server.ExecuteAsync(_name, Fill);
            _connection = await OpenAsync(server, _name);
            _emptyName = await PostgresDatabases.RentAsync();
            _empty = await OpenAsync(server, _emptyName);
            await using var ask = new NpgsqlCommand(
                """
                select i.indexrelid::regclass::text, i.indrelid::regclass::text,
                    coalesce(pg_partition_root(i.indexrelid), i.indexrelid)::regclass::text,
                    array(
                        select pg_get_indexdef(i.indexrelid, position, false)
                        from generate_series(1, i.indnkeyatts) as position)
                from pg_index i
                """,
                _connection);
            await using var rows = await ask.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                _indexes.Add(
                    rows.GetString(0), new(rows.GetString(1), rows.GetString(2), rows.GetFieldValue<string[]>(3)));
            }
        }

        /// <returns>The first step of the plan, as PostgreSQL's JSON, which holds the others.</returns>
        /// <param name="isEmpty">Of a database that has nothing yet.</param>
        public async Task<JsonElement> ExplainAsync(string sql, bool isEmpty = false)
        {
            var connection = isEmpty ? _empty : _connection;
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
            await RunAsync(connection, $"prepare asked{InBrackets(types.Select(one => one.Type))} as {numbered}");
            await using var explain = new NpgsqlCommand(
                $"explain (format json) execute asked{InBrackets(types.Select(one => Value(one.Type)))}", connection);
            var answer = (string)(await explain.ExecuteScalarAsync())!;
            await RunAsync(connection, "deallocate asked");
            return JsonDocument.Parse(answer).RootElement[0].GetProperty("Plan");
        }

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            await PostgresDatabases.GiveBackAsync(_name);
            await _empty.DisposeAsync();
            await PostgresDatabases.GiveBackAsync(_emptyName);
        }

        /// <summary>Some value: with none, PostgreSQL would leave out the partitions that have nothing, which is all.</summary>
        private static string Value(string type) => type switch
        {
            "bigint" => "first_id_at(now()) + 10000",
            "bigint[]" => "array[first_id_at(now()) + 10000]",
            "timestamptz" => "now()",
            _ => "null",
        };

        private static string InBrackets(IEnumerable<string> parts) =>
            string.Join(", ", parts) is { Length: > 0 } list ? $"({list})" : "";

        private static async Task<NpgsqlConnection> OpenAsync(PostgresServer server, string database)
        {
            var connection = await server.OpenAsync(database);
            await RunAsync(connection, PostgresSettings.Work.Sql);
            await RunAsync(connection, "set plan_cache_mode = force_generic_plan");
            return connection;
        }

        private static async Task RunAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        [GeneratedRegex(@"@(?<name>[a-z_]+)(::(?<type>[a-z]+(\[\])?))?")]
        private static partial Regex Parameter { get; }
    }
}
