-- name: Add
insert into refusals (at, endpoint, cause, correlation, remote_address, facts)
values (@at, @endpoint, @cause, @correlation, @remote_address, @facts)

-- name: Prune
delete from refusals where id <= (select max(id) from refusals) - @keep

-- name: List
select id, at, endpoint, cause, correlation, remote_address, facts
from refusals
where id < @before and (@cause is null or cause = @cause) and (@endpoint is null or endpoint = @endpoint)
order by id desc
limit @limit
