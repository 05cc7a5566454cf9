-- name: Raise
insert into alerts (kind, subject, message, first_at, last_at)
values (@kind, @subject, @message, @now, @now)
on conflict (kind, subject) where cleared_at is null
do update set message = excluded.message, last_at = excluded.last_at, times = times + 1

-- name: ListOpen
select id, kind, subject, message, first_at, last_at, times, acknowledged_by, acknowledged_at
from alerts
where cleared_at is null and id < @before
order by id desc
limit @limit

-- name: Acknowledge
-- A conflict, a gap and a wrong call do not pass by themselves: they are over when somebody has looked at them.
update alerts
set acknowledged_by = @by, acknowledged_at = @now,
    cleared_at = case when kind in ('event_conflict', 'gap', 'stripe_request') then @now end
where id = @id and cleared_at is null

-- name: Clear
update alerts
set cleared_at = @now
where kind = @kind and subject = @subject and cleared_at is null

-- name: ClearOthers
update alerts
set cleared_at = @now
where kind = @kind and cleared_at is null and subject not in (select value from json_each(@open))
