-- name: Unended
select count(*) filter (where seen_at < @late::timestamptz), count(*) filter (where seen_at >= @late)
from nodes
where id <> @id::bigint and ended_at is null and name = @name::text

-- name: Begin
insert into nodes (name, version, started_at, seen_at)
values (@name::text, @version::text, @started_at::timestamptz, @started_at)
returning id

-- name: Beat
update nodes set seen_at = @seen_at::timestamptz where id = @id::bigint and ended_at is null

-- name: EndFormer
update nodes
set ended_at = @ended_at::timestamptz, lost = true
where id <> @id::bigint and ended_at is null and name = @name::text and seen_at < @late::timestamptz

-- name: End
update nodes set ended_at = @ended_at::timestamptz where id = @id::bigint and ended_at is null

-- name: Lose
-- Whoever finds the row locked leaves it to the one who has it.
update nodes
set ended_at = @ended_at::timestamptz, lost = true
where id in (
    select id from nodes
    where ended_at is null and id <> @id::bigint and seen_at < @silent::timestamptz
    for update skip locked)
returning name

-- name: List
select id, name, version, started_at, seen_at, ended_at, lost
from nodes
where id < @before::bigint
order by id desc
limit @limit::bigint

-- name: Forget
delete from nodes where ended_at < @before::timestamptz

-- name: CountAlive
select count(*) from nodes where ended_at is null and seen_at >= @late::timestamptz
