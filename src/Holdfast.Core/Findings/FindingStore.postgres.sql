-- name: Raise
insert into findings (kind, stripe_account, livemode, subject, message, facts, first_at, last_at, deadline_at)
values (
    @kind::text, @stripe_account::text, @livemode::boolean, @subject::text, @message::text, @facts::json,
    @now::timestamptz, @now, @deadline_at::timestamptz)
on conflict (subject, kind, livemode, stripe_account) where closed_at is null
do update set message = excluded.message, facts = excluded.facts, last_at = excluded.last_at, times = findings.times + 1,
    deadline_at = coalesce(findings.deadline_at, excluded.deadline_at)
returning times

-- name: Close
update findings
set closed_at = @now::timestamptz, closed_for = @closed_for::text
where subject = @subject::text and kind = @kind::text and livemode = @livemode::boolean
    and stripe_account = @stripe_account::text and closed_at is null

-- name: Find
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id = @id::bigint

-- name: List
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id < @before::bigint and livemode = @livemode::boolean
    and (@kind::text is null or kind = @kind)
    and (@is_open::boolean is null or (closed_at is null) = @is_open)
order by id desc
limit @limit::bigint

-- name: ListOpen
select id, kind, stripe_account, livemode, subject, message, facts, first_at, last_at, times, deadline_at, closed_at,
    closed_for
from findings
where id < @before::bigint and livemode = @livemode::boolean and closed_at is null and @is_open::boolean
    and (@kind::text is null or kind = @kind)
order by id desc
limit @limit::bigint
