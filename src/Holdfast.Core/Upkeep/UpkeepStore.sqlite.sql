-- name: Prepare
-- One table holds all months.
select @upto

-- name: DropMonth
select name from sqlite_schema where false and @before is not null

-- name: PruneEvents
delete from events
where id in (
    select e.id
    from events e
    join jobs j on j.kind = 'event' and j.subject = e.id
    where e.received_at < @before and j.state in ('completed', 'dismissed')
        and e.id <= (select min(id) from events) + 100000
    order by e.id
    limit @limit)

-- name: PruneJobs
delete from jobs
where id in (
    select j.id
    from jobs j
    where j.id <= (select min(id) from jobs) + 100000 and j.kind = 'event'
        and j.state in ('completed', 'dismissed') and j.created_at < @before
        and not exists (select 1 from events e where e.id = j.subject)
    order by j.id
    limit @limit)

-- name: PruneAttempts
delete from attempts
where job in (
    select a.job
    from attempts a
    where a.ended_at < @before and not exists (select 1 from jobs j where j.id = a.job)
    order by a.job
    limit @limit)

-- name: PruneIds
delete from event_ids
where id in (
    select i.id
    from event_ids i
    where i.id <= (select min(id) from event_ids) + 100000 and i.last_delivery_at < @before
        and not exists (select 1 from events e where e.id = i.id)
    order by i.id
    limit @limit)

-- name: FoldCounters
-- There is one row for each already.
update counters set value = value where false

-- name: Warnings
-- One writer leaves no dead rows behind, and a reader is given up after a few seconds.
select '', '', '' where false and @long_ago < @many
