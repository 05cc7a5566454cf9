-- name: Prepare
-- One table holds all months.
select '' where false

-- name: DropMonth
select '' where false

-- name: NextEvent
select id, received_at from events where id >= @id order by id limit 1

-- name: LastEvent
select max(id) from events

-- name: PruneEvents
delete from events
where id in (
    select e.id
    from events e
    cross join jobs j on j.kind = 'event' and j.subject = e.id
    where e.id < @first and e.received_at < @before and j.state in ('completed', 'dismissed')
    order by e.id
    limit @limit)

-- name: PruneAttempts
-- Of jobs of every kind. Ids follow one another as jobs come, so the job of the first event that is kept bounds them.
delete from attempts
where job in (
    select j.id
    from jobs j
    where j.id < coalesce(
            (select k.id from events e join jobs k on k.kind = 'event' and k.subject = e.id where e.id >= @first
                order by e.id limit 1),
            9223372036854775807)
        and j.state in ('completed', 'dismissed') and j.created_at < @before
        and not exists (select 1 from events e where j.kind = 'event' and e.id = j.subject)
    order by j.id
    limit @limit)

-- name: PruneJobs
delete from jobs
where id in (
    select j.id
    from jobs j
    where j.id < coalesce(
            (select k.id from events e join jobs k on k.kind = 'event' and k.subject = e.id where e.id >= @first
                order by e.id limit 1),
            9223372036854775807)
        and j.state in ('completed', 'dismissed') and j.created_at < @before
        and not exists (select 1 from events e where j.kind = 'event' and e.id = j.subject)
    order by j.id
    limit @limit)

-- name: PruneIds
delete from event_ids
where id in (
    select i.id
    from event_ids i
    where i.id < @first and i.last_delivery_at < @before and not exists (select 1 from events e where e.id = i.id)
    order by i.id
    limit @limit)

-- name: PruneConflicts
delete from event_conflicts
where id in (
    select c.id
    from event_conflicts c
    where c.event < @first and c.received_at < @before and not exists (select 1 from events e where e.id = c.event)
    order by c.event
    limit @limit)

-- name: PruneFindings
-- Open ones never expire.
delete from findings
where id in (select id from findings where closed_at < @before order by closed_at limit @limit)

-- name: PruneFetches
-- Those of dead letters stay as long as these.
delete from fetches
where id in (
    select f.id
    from fetches f
    where f.closed_at < @before and not exists (select 1 from jobs j where j.kind = 'fetch' and j.subject = f.id)
    order by f.closed_at
    limit @limit)

-- name: PruneCalls
delete from calls where id in (select id from calls where at < @before order by at limit @limit)

-- name: FoldCounters
-- There is one row for each already.
update counters set value = value where false

-- name: Warnings
-- One writer leaves no dead rows behind, and a reader is given up after a few seconds.
select '', '', '' where false and @long_ago < @many
