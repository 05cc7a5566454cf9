-- name: Raise
insert into findings (kind, stripe_account, livemode, subject, message, facts, first_at, last_at, deadline_at)
values (@kind, @stripe_account, @livemode, @subject, @message, @facts, @now, @now, @deadline_at)
on conflict (subject, kind, livemode, stripe_account) where closed_at is null
do update set message = excluded.message, facts = excluded.facts, last_at = excluded.last_at, times = times + 1,
    deadline_at = coalesce(deadline_at, excluded.deadline_at)
returning times

-- name: Close
update findings
set closed_at = @now, closed_for = @closed_for
where subject = @subject and kind = @kind and livemode = @livemode and stripe_account = @stripe_account
    and closed_at is null

-- name: Find
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id = @id

-- name: List
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id < @before and livemode = @livemode
    and (@kind is null or kind = @kind)
    and (@is_open is null or (closed_at is null) = @is_open)
order by id desc
limit @limit

-- name: ListOpen
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id < @before and livemode = @livemode and closed_at is null and @is_open
    and (@kind is null or kind = @kind)
order by id desc
limit @limit
