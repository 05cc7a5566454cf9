-- name: Add
insert into jobs (kind, subject, state, run_at, created_at)
select @kind, value, 'waiting', @run_at, @created_at
from json_each(@subjects)

-- name: ClaimDue
-- Inside the transaction that applies them: a process that dies holds nothing.
select id, kind, subject, attempt, retries_from, alone, run_at
from jobs
where kind = @kind and state = 'waiting' and (run_at, id) > (@from, @after) and run_at <= @now
order by run_at, id
limit @limit

-- name: ClaimOne
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id and state = 'waiting' and run_at <= @now

-- name: AwaitOne
-- There is nobody to wait for.
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id and state = 'waiting' and run_at <= @now

-- name: Find
select id, kind, subject, attempt, retries_from, alone
from jobs
where id = @id

-- name: Suspects
select id, alone
from jobs
where kind = @kind and state = 'waiting' and run_at <= @now
order by run_at, id
limit @limit

-- name: MarkAlone
update jobs
set alone = alone + 1
where id = @id and state = 'waiting'

-- name: UnmarkAlone
update jobs
set alone = @alone
where id = @id and state = 'waiting' and alone = @alone + 1

-- name: Complete
update jobs
set state = 'completed', attempt = attempt + 1, run_at = null, ended_at = @ended_at, alone = 0
where id in (select value from json_each(@ids)) and state = 'waiting'

-- name: Finish
-- A dead letter keeps the count: it tells those that took the process down.
update jobs
set state = @state, attempt = @attempt, run_at = @run_at, ended_at = @ended_at,
    alone = case when @state = 'dead' then alone else 0 end
where id = @id and state = 'waiting' and attempt = @attempt_before

-- name: AddAttempt
insert into attempts (job, attempt, started_at, ended_at, state, reason, detail, fingerprint)
values (@job, @attempt, @started_at, @ended_at, @state, @reason, @detail, @fingerprint)

-- name: Attempts
select attempt, started_at, ended_at, state, reason, detail, fingerprint
from attempts
where job = @job
order by attempt
limit 1000

-- name: Replay
update jobs
set state = 'waiting', run_at = @run_at, ended_at = null, retries_from = attempt, alone = 0
where id = @id and state in ('dead', 'completed')

-- name: ReplayDead
update jobs
set state = 'waiting', run_at = @run_at, ended_at = null, retries_from = attempt, alone = 0
where id in (select value from json_each(@ids)) and state = 'dead'

-- name: ReplayDeadSubjects
update jobs
set state = 'waiting', run_at = @run_at, ended_at = null, retries_from = attempt, alone = 0
where kind = @kind and subject in (select value from json_each(@subjects)) and state = 'dead'
    and alone <= @max_deaths_alone
returning subject

-- name: Dismiss
update jobs
set state = 'dismissed', ended_at = @ended_at, dismissed_for = @reason
where id = @id and state = 'dead'

-- name: Lease
-- Committed before the work begins: the attempt is spent, whatever becomes of it.
update jobs
set state = 'running', attempt = attempt + 1, run_at = null, lease_until = @lease_until
where id in (
    select id from jobs
    where kind = @kind and state = 'waiting' and run_at <= @now
    order by run_at, id
    limit @limit)
returning id, kind, subject, attempt - 1, retries_from, alone

-- name: FinishLeased
update jobs
set state = @state, run_at = @run_at, ended_at = @ended_at, lease_until = null, retries_from = retries_from + @uncounted
where id = @id and state = 'running' and attempt = @attempt

-- name: Extend
update jobs
set lease_until = @lease_until
where id = @id and state = 'running' and attempt = @attempt and lease_until > @now

-- name: Expired
select id, kind, subject, attempt - 1, retries_from, alone
from jobs indexed by jobs_out
where kind = @kind and state in ('running', 'unknown') and state = 'running' and lease_until <= @now
order by id
limit @limit

-- name: HasWork
select exists (select 1 from jobs where kind = @kind and state = 'waiting' and run_at <= @now)
    or exists (
        select 1 from jobs indexed by jobs_out
        where kind = @kind and state in ('running', 'unknown') and state = 'running' and lease_until <= @now)

-- name: Hasten
update jobs
set run_at = @run_at
where kind = @kind and subject in (select value from json_each(@subjects)) and state = 'waiting' and run_at > @run_at

-- name: Counts
-- Each part reads only its own partial index.
select kind, sum(open), sum(due), sum(dead), sum(unknown), min(oldest_due_at)
from (
    select kind, count(*) as open, 0 as due, 0 as dead, 0 as unknown, null as oldest_due_at
    from jobs where state = 'waiting' group by kind
    union all
    select kind, 0, count(*), 0, 0, min(run_at)
    from jobs where state = 'waiting' and run_at <= @now group by kind
    union all
    select kind, 0, 0, count(*), 0, null
    from jobs where state = 'dead' group by kind
    union all
    select kind, 1, 0, 0, state = 'unknown', null
    from jobs where state in ('running', 'unknown')
)
group by kind
order by kind
