-- name: Add
insert into refusals (at, endpoint, cause, correlation, remote_address, facts)
select *
from unnest(
    @at::timestamptz[], @endpoint::text[], @cause::text[], @correlation::text[], @remote_address::text[],
    @facts::text[])

-- name: Prune
delete from refusals where id <= (select max(id) from refusals) - @keep::bigint

-- name: List
select id, at, endpoint, cause, correlation, remote_address, facts
from refusals
where id < @before::bigint and (@cause::text is null or cause = @cause)
    and (@endpoint::text is null or endpoint = @endpoint)
order by id desc
limit @limit::bigint
