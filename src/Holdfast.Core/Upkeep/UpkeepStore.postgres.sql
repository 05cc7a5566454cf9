-- name: Prepare
-- Should this process stand still before it commits, those who look into the rest wait for it no longer than this.
select name
from set_config('idle_in_transaction_session_timeout', '500ms', true), add_partition(@upto::timestamptz) as name
where name is not null

-- name: DropMonth
select name from drop_month(@before::timestamptz) as name where name is not null

-- name: NextEvent
select id, received_at from events where id >= @id::bigint order by id limit 1

-- name: LastEvent
select max(id) from events

-- name: PruneEvents
-- Whole months are dropped. What outlived its month, because its job was open, goes one by one.
delete from events_rest
where id in (
    select e.id
    from events_rest e
    where e.id < @first::bigint and e.received_at < @before::timestamptz
        and not exists (select 1 from open_jobs j where j.kind = 'event' and j.subject = e.id)
    order by e.id
    limit @limit::bigint)

-- name: PruneAttempts
delete from attempts
where job in (
    select a.job
    from attempts a
    where a.job < greatest(@first::bigint, first_id_at(@before::timestamptz)) and a.ended_at < @before
        and not exists (select 1 from jobs j where j.id = a.job and not (j.state in ('completed', 'dismissed')
            and j.created_at < @before and not exists (select 1 from events e where j.kind = 'event' and e.id = j.subject)))
    order by a.job
    limit @limit::bigint)

-- name: PruneJobs
delete from ended_jobs_rest
where id in (
    select j.id
    from ended_jobs_rest j
    where j.id < greatest(@first::bigint, first_id_at(@before::timestamptz)) and j.created_at < @before
    order by j.id
    limit @limit::bigint)

-- name: PruneIds
delete from event_ids
where id in (
    select i.id
    from event_ids i
    where i.id < least(@first::bigint, first_id_at(date_trunc('month', @before::timestamptz, 'UTC')))
        and i.last_delivery_at < @before
        and not exists (select 1 from events e where e.id = i.id)
    order by i.id
    limit @limit::bigint)

-- name: PruneConflicts
delete from event_conflicts
where id in (
    select c.id
    from event_conflicts c
    where c.event < @first::bigint and c.received_at < @before::timestamptz
        and not exists (select 1 from events e where e.id = c.event)
    order by c.event
    limit @limit::bigint)

-- name: PruneFindings
-- Open ones never expire.
delete from findings
where id in (select id from findings where closed_at < @before::timestamptz order by closed_at limit @limit::bigint)

-- name: PruneFetches
-- Those of dead letters stay as long as these. Asked row by row, as a join would read the index of all open jobs.
delete from fetches
where id in (
    select f.id
    from fetches f
    where f.closed_at < @before::timestamptz
        and (select j.id from open_jobs j where j.kind = 'fetch' and j.subject = f.id) is null
    order by f.closed_at
    limit @limit::bigint)

-- name: PruneCalls
delete from calls where id in (select id from calls where at < @before::timestamptz order by at limit @limit::bigint)

-- name: FoldCounters
-- Those of sessions that live are left alone, so that nobody waits.
with gone as (
    delete from counters
    where (name, shard) in (
        select name, shard
        from counters
        where shard <> 0 and shard not in (select pid from pg_stat_activity)
        order by name, shard
        for update skip locked)
    returning name, value
)
insert into counters (name, shard, value)
select name, 0, sum(value) from gone group by name order by name
on conflict (name, shard) do update set value = counters.value + excluded.value

-- name: Warnings
-- As long as a snapshot is held, nothing that was deleted since can be cleaned up, in any table of the database.
select 'old_snapshot', 'session ' || pid,
    format(
        'A session of %s (process %s, %s) has held a snapshot since %s. Until it ends nothing can be cleaned up, and '
        || 'the queue gets slower and slower. End it: select pg_terminate_backend(%s).',
        coalesce(nullif(application_name, ''), 'an unnamed program'), pid, state,
        to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), pid)
from pg_stat_activity
where backend_xmin is not null and xact_start < @long_ago::timestamptz and datname = current_database()
    and backend_type = 'client backend' and pid <> pg_backend_pid()
union all
select 'old_snapshot', 'replication slot ' || slot_name,
    format('The replication slot %s keeps old rows and nobody reads it. Start its reader again, or drop the slot.', slot_name)
from pg_replication_slots
where not active and (xmin is not null or catalog_xmin is not null)
union all
select 'old_snapshot', 'prepared transaction ' || gid,
    format('The prepared transaction %s was never ended. Commit it or roll it back.', gid)
from pg_prepared_xacts
where prepared < @long_ago and database = current_database()
union all
select 'dead_rows', 'table ' || relname,
    format(
        'The table %s has %s dead rows beside %s live ones: vacuum does not keep up with it. Look for old snapshots, and '
        || 'whether autovacuum runs.', relname, n_dead_tup, n_live_tup)
from pg_stat_user_tables
where schemaname = current_schema() and n_dead_tup > @many::bigint and n_dead_tup > n_live_tup
order by 1, 2
