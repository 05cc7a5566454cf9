-- name: List
select j.id, j.kind, j.subject, j.state, j.attempt,
    (select min(f.started_at) from attempts f where f.job = j.id), l.ended_at, l.reason, l.fingerprint
from jobs j
left join attempts l on l.job = j.id and l.attempt = j.attempt
where j.state = 'dead' and j.id < @before::bigint
    and (@kind::text is null or j.kind = @kind)
    and (@fingerprint::text is null or l.fingerprint = @fingerprint)
order by j.id desc
limit @limit::bigint

-- name: ListByFingerprint
select j.id, j.kind, j.subject, j.state, j.attempt,
    (select min(f.started_at) from attempts f where f.job = j.id), l.ended_at, l.reason, l.fingerprint
from attempts l
join jobs j on j.id = l.job and j.attempt = l.attempt
where l.fingerprint = @fingerprint::text and l.job < @before::bigint and j.state = 'dead'
    and (@kind::text is null or j.kind = @kind)
order by l.job desc
limit @limit::bigint

-- name: Find
select j.id, j.kind, j.subject, j.state, j.attempt,
    (select min(f.started_at) from attempts f where f.job = j.id), l.ended_at, l.reason, l.fingerprint
from jobs j
left join attempts l on l.job = j.id and l.attempt = j.attempt
where j.id = @id::bigint and j.state in ('dead', 'dismissed')

-- name: Count
select count(*)
from jobs j
left join attempts l on l.job = j.id and l.attempt = j.attempt
where j.state = 'dead'
    and (@kind::text is null or j.kind = @kind)
    and (@fingerprint::text is null or l.fingerprint = @fingerprint)

-- name: CountByFingerprint
select count(*)
from attempts l
join jobs j on j.id = l.job and j.attempt = l.attempt
where l.fingerprint = @fingerprint::text and j.state = 'dead'
    and (@kind::text is null or j.kind = @kind)

-- name: Groups
select l.fingerprint, j.kind, count(*), max(l.reason), min(l.ended_at), max(l.ended_at)
from jobs j
left join attempts l on l.job = j.id and l.attempt = j.attempt
where j.state = 'dead'
group by l.fingerprint, j.kind
order by count(*) desc, l.fingerprint nulls first
limit @limit::bigint
