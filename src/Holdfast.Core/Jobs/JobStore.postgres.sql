-- name: Add
insert into jobs (kind, subject, state, run_at, created_at)
select @kind::text, subject, 'waiting', @run_at::timestamptz, @created_at::timestamptz
from unnest(@subjects::bigint[]) as subject

-- name: ClaimDue
-- Inside the transaction that applies them: a node that dies holds nothing, and no node waits for another's jobs.
select id, kind, subject, attempt, retries_from, alone, run_at
from jobs
where kind = @kind::text and state = 'waiting' and (run_at, id) > (@from::timestamptz, @after::bigint)
    and run_at <= @now::timestamptz
order by run_at, id
limit @limit::bigint
for update skip locked

-- name: ClaimOne
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id::bigint and state = 'waiting' and run_at <= @now::timestamptz
for update skip locked

-- name: AwaitOne
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id::bigint and state = 'waiting' and run_at <= @now::timestamptz
for update

-- name: Find
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id::bigint

-- name: Suspects
select id, alone
from jobs
where kind = @kind::text and state = 'waiting' and run_at <= @now::timestamptz
order by run_at, id
limit @limit::bigint

-- name: MarkAlone
update jobs
set alone = alone + 1
where id = @id::bigint and state = 'waiting'

-- name: UnmarkAlone
update jobs
set alone = @alone::bigint
where id = @id::bigint and state = 'waiting' and alone = @alone + 1

-- name: Complete
-- Taken out and put in again, and not moved: who comes to claim a row that has just been moved gets an error instead of
-- the next row. With "like" for "=" they are found by the primary key: a session that plans this while hardly anything
-- waits would read all of jobs_due for each id, and go on so when a million wait.
with ended as (
    delete from open_jobs
    where id = any(@ids::bigint[]) and state like 'waiting'
    returning id, kind, subject, attempt, retries_from, created_at
)
insert into jobs (id, kind, subject, state, attempt, retries_from, created_at, ended_at)
select id, kind, subject, 'completed', attempt + 1, retries_from, created_at, @ended_at::timestamptz
from ended

-- name: Finish
-- A dead letter keeps the count: it tells those that took the process down.
update jobs
set state = @state::text, attempt = @attempt::bigint, run_at = @run_at::timestamptz, ended_at = @ended_at::timestamptz,
    alone = case when @state = 'dead' then alone else 0 end
where id = @id::bigint and state = 'waiting' and attempt = @attempt_before::bigint

-- name: AddAttempt
insert into attempts (job, attempt, started_at, ended_at, state, reason, detail, fingerprint)
values (
    @job::bigint, @attempt::bigint, @started_at::timestamptz, @ended_at::timestamptz, @state::text, @reason::text,
    @detail::text, @fingerprint::text)

-- name: Attempts
select attempt, started_at, ended_at, state, reason, detail, fingerprint
from attempts
where job = @job::bigint
order by attempt
limit 1000

-- name: Replay
update jobs
set state = 'waiting', run_at = @run_at::timestamptz, ended_at = null, retries_from = attempt, alone = 0
where id = @id::bigint and state in ('dead', 'completed')

-- name: ReplayDead
-- Locked in the order of their ids, as everywhere: two that put back the same ones never wait in a circle.
update jobs
set state = 'waiting', run_at = @run_at::timestamptz, ended_at = null, retries_from = attempt, alone = 0
where state = 'dead'
    and id in (select id from jobs where id = any(@ids::bigint[]) and state = 'dead' order by id for update)

-- name: ReplayDeadSubjects
update jobs
set state = 'waiting', run_at = @run_at::timestamptz, ended_at = null, retries_from = attempt, alone = 0
where state = 'dead' and id in (
    select id from jobs
    where kind = @kind::text and subject = any(@subjects::bigint[]) and state = 'dead'
        and alone <= @max_deaths_alone::bigint
    order by id
    for update)
returning subject

-- name: Dismiss
update jobs
set state = 'dismissed', ended_at = @ended_at::timestamptz, dismissed_for = @reason::text
where id = @id::bigint and state = 'dead'

-- name: Lease
-- Committed before the work begins: the attempt is spent, whatever becomes of it. For "like" see Complete.
with due as materialized (
    select id from jobs
    where kind = @kind::text and state = 'waiting' and run_at <= @now::timestamptz
    order by run_at, id
    limit @limit::bigint
    for update skip locked
)
update open_jobs as jobs
set state = 'running', attempt = jobs.attempt + 1, run_at = null, lease_until = @lease_until::timestamptz
from due
where jobs.id = due.id and jobs.state like 'waiting'
returning jobs.id, jobs.kind, jobs.subject, jobs.attempt - 1, jobs.retries_from, jobs.alone

-- name: FinishLeased
update jobs
set state = @state::text, run_at = @run_at::timestamptz, ended_at = @ended_at::timestamptz, lease_until = null,
    retries_from = retries_from + @uncounted::bigint
where id = @id::bigint and state = 'running' and attempt = @attempt::bigint

-- name: Extend
update jobs
set lease_until = @lease_until::timestamptz
where id = @id::bigint and state = 'running' and attempt = @attempt::bigint and lease_until > @now::timestamptz

-- name: Expired
select id, kind, subject, attempt - 1, retries_from, alone
from jobs
where kind = @kind::text and state = 'running' and lease_until <= @now::timestamptz
order by id
limit @limit::bigint
for update skip locked

-- name: HasWork
select (
    exists (select 1 from jobs where kind = @kind::text and state = 'waiting' and run_at <= @now::timestamptz)
    or exists (select 1 from jobs where kind = @kind::text and state = 'running' and lease_until <= @now::timestamptz)
)::int::bigint

-- name: Hasten
update jobs
set run_at = @run_at::timestamptz
where state = 'waiting' and id in (
    select id from jobs
    where kind = @kind::text and subject = any(@subjects::bigint[]) and state = 'waiting' and run_at > @run_at
    order by id
    for update)

-- name: Counts
-- Each part reads only its own partial index.
select kind, sum(open)::bigint, sum(due)::bigint, sum(dead)::bigint, sum(unknown)::bigint, min(oldest_due_at)
from (
    select kind, count(*) as open, 0 as due, 0 as dead, 0 as unknown, null::timestamptz as oldest_due_at
    from jobs where state = 'waiting' group by kind
    union all
    select kind, 0, count(*), 0, 0, min(run_at)
    from jobs where state = 'waiting' and run_at <= @now::timestamptz group by kind
    union all
    select kind, 0, 0, count(*), 0, null
    from jobs where state = 'dead' group by kind
    union all
    select kind, count(*), 0, 0, count(*) filter (where state = 'unknown'), null
    from jobs where state in ('running', 'unknown') group by kind
) as parts
group by kind
order by kind
