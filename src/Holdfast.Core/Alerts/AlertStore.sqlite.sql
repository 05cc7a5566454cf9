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
update alerts
set acknowledged_by = @by, acknowledged_at = @now
where id = @id and cleared_at is null
