-- name: Raise
insert into alerts (kind, subject, message, first_at, last_at)
values (@kind::text, @subject::text, @message::text, @now::timestamptz, @now)
on conflict (kind, subject) where cleared_at is null
do update set message = excluded.message, last_at = excluded.last_at, times = alerts.times + 1

-- name: ListOpen
select id, kind, subject, message, first_at, last_at, times, acknowledged_by, acknowledged_at
from alerts
where cleared_at is null and id < @before::bigint
order by id desc
limit @limit::bigint

-- name: Acknowledge
-- A conflict, a gap and a wrong call do not pass by themselves: they are over when somebody has looked at them.
update alerts
set acknowledged_by = @by::text, acknowledged_at = @now::timestamptz,
    cleared_at = case when kind in ('event_conflict', 'gap', 'stripe_request') then @now end
where id = @id::bigint and cleared_at is null

-- name: Clear
update alerts
set cleared_at = @now::timestamptz
where kind = @kind::text and subject = @subject::text and cleared_at is null

-- name: ClearOthers
update alerts
set cleared_at = @now::timestamptz
where kind = @kind::text and cleared_at is null and subject <> all (@open::text[])
