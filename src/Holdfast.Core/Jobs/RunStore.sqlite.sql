-- name: CountUnended
select count(*) from runs where ended_at is null

-- name: Begin
insert into runs (started_at) values (@started_at) returning id

-- name: EndOthers
update runs set ended_at = @ended_at where id <> @id and ended_at is null

-- name: End
update runs set ended_at = @ended_at where id = @id and ended_at is null
