-- name: Unended
-- The file has one owner, who asks: whoever else did not end is dead, whatever its name and last beat were.
select count(*), 0
from nodes
where id <> @id and ended_at is null

-- name: Begin
insert into nodes (name, version, started_at, seen_at)
values (@name, @version, @started_at, @started_at)
returning id

-- name: Beat
update nodes set seen_at = @seen_at where id = @id and ended_at is null

-- name: EndFormer
-- As above.
update nodes
set ended_at = @ended_at, lost = 1
where id <> @id and ended_at is null

-- name: End
update nodes set ended_at = @ended_at where id = @id and ended_at is null

-- name: Lose
-- There is nobody else.
select name from nodes where false

-- name: List
select id, name, version, started_at, seen_at, ended_at, lost
from nodes
where id < @before
order by id desc
limit @limit

-- name: Forget
delete from nodes where ended_at < @before

-- name: CountAlive
select count(*) from nodes where ended_at is null and seen_at >= @late
