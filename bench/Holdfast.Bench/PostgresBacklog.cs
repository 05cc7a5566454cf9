using System.Diagnostics;
using Holdfast.Ingest;
using Npgsql;

namespace Holdfast.Bench;

/// <summary>
/// Fills a PostgreSQL database whose schema stands, while no server has it. The rows are those that the receiver would
/// have made, but the database makes them by itself: millions in minutes.
/// </summary>
internal static class PostgresBacklog
{
    private const int Group = 10_000;

    /// <summary>The four marks of a template, and what <see cref="Workload"/> puts there.</summary>
    private const string Fill =
        """
        with numbers as materialized (
            select n, (n % @kinds::bigint)::int + 1 as kind, lpad(n::text, @event_digits::int, '0') as event,
                lpad((n / @kinds % @teams::bigint)::text, @object_digits::int, '0') as object,
                (@first_created::bigint + n / @per_second::bigint)::text as created,
                (@first_amount::bigint + n % @amounts::bigint)::text as amount
            from generate_series(@first::bigint, @last::bigint) as n
        ), made as materialized (
            select n, kind, 'evt_' || event as event_id, (@prefixes::text[])[kind] || object as object_id,
                to_timestamp(created::bigint) as created, holdfast.next_id() as id, holdfast.next_id() as job,
                convert_to(
                    replace(replace(replace(replace((@templates::text[])[kind],
                        '$event$', event), '$object$', object), '$created$', created), '$amount$', amount),
                    'UTF8') as body
            from numbers
        ), ids as (
            insert into holdfast.event_ids (id, event_id, livemode, stripe_account, deliveries, last_delivery_at)
            select id, event_id, true, '', 1, now() from made order by n
        ), kept as (
            insert into holdfast.events (
                id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
                endpoint, correlation, hash, body)
            select id, event_id, true, '', (@types::text[])[kind], created, now(), @api_version::text,
                (@object_types::text[])[kind], object_id, 'default', 'bench', sha256(body), body
            from made order by n
        )
        insert into holdfast.jobs (id, kind, subject, state, attempt, run_at, created_at, ended_at)
        select job, 'event', id, case when @applied::boolean then 'completed' else 'waiting' end,
            case when @applied then 1 else 0 end, case when @applied then null else now() end, now(),
            case when @applied then now() else null end
        from made order by n
        """;

    /// <param name="isApplied">Their jobs are said to be done, and nothing is mirrored: history, not work.</param>
    public static async Task StoreAsync(PostgresServer server, Place place, Workload workload, int count, bool isApplied)
    {
        var since = Stopwatch.GetTimestamp();
        var first = workload.Take(count);
        await using (var connection = await server.OpenAsync(place.Name!))
        {
            for (var stored = 0; stored < count; stored += Group)
            {
                await FillAsync(connection, workload, first + stored, Math.Min(Group, count - stored), isApplied);
            }

            // As it would have been found after a life of which autovacuum had its share; tables that are still empty
            // have had none.
            await PostgresServer.ExecuteAsync(
                connection, "vacuum (analyze) holdfast.event_ids, holdfast.events, holdfast.jobs");
            await PostgresServer.ExecuteAsync(connection, "checkpoint");
            await CheckAsync(connection, workload, first);
        }

        Console.Error.WriteLine($"Made {count:N0} events in {Report.Time(Stopwatch.GetElapsedTime(since))}.");
    }

    private static async Task FillAsync(
        NpgsqlConnection connection, Workload workload, long first, int count, bool isApplied)
    {
        Envelope[] envelopes = [.. Enumerable.Range(0, Workload.Kinds).Select(kind => Workload.Envelope(workload.Body(kind)))];
        (string Name, object Value)[] values =
        [
            ("kinds", (long)Workload.Kinds),
            ("teams", (long)workload.Teams),
            ("event_digits", EventTemplate.EventDigits),
            ("object_digits", EventTemplate.ObjectDigits),
            ("first_created", Workload.FirstCreated),
            ("per_second", (long)Workload.EventsPerSecondOfStory),
            ("first_amount", (long)Workload.FirstAmount),
            ("amounts", (long)Workload.Amounts),
            ("first", first),
            ("last", first + count - 1),
            ("prefixes", envelopes.Select(one => one.ObjectId![..^EventTemplate.ObjectDigits]).ToArray()),
            ("templates", Workload.TemplateTexts.ToArray()),
            ("types", envelopes.Select(one => one.Type).ToArray()),
            ("object_types", envelopes.Select(one => one.ObjectType!).ToArray()),
            ("api_version", envelopes[0].ApiVersion!),
            ("applied", isApplied),
        ];
        await using var command = new NpgsqlCommand(Fill, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Both makers of events must make the same ones.</summary>
    private static async Task CheckAsync(NpgsqlConnection connection, Workload workload, long first)
    {
        foreach (var number in Enumerable.Range(0, Workload.Kinds).Select(kind => first + kind))
        {
            await using var command = new NpgsqlCommand(
                "select body from holdfast.events where event_id = @id order by id limit 1", connection);
            command.Parameters.AddWithValue("id", Workload.EventId(number));
            var body = (byte[]?)await command.ExecuteScalarAsync();
            if (body is null || !workload.Body(number).AsSpan().SequenceEqual(body))
            {
                throw new InvalidOperationException($"The database made another {Workload.EventId(number)} than the bench.");
            }
        }
    }
}
