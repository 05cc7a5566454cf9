-- name: CountUnended
select count(*) from runs where ended_at is null

-- name: Begin
insert into runs (started_at, seen_at) values (@started_at, @started_at) returning id

-- name: Beat
update runs set seen_at = @seen_at where id = (select max(id) from runs)

-- name: EndOthers
update runs set ended_at = @ended_at where id <> @id and ended_at is null

-- name: End
update runs set ended_at = @ended_at where id = @id and ended_at is null
