-- name: Add
insert into calls (
    at, correlation, request_id, method, path, status, status_class, failure, duration_ms, attempt, lane, cause,
    stripe_account, node)
select *
from unnest(
    @at::timestamptz[], @correlation::text[], @request_id::text[], @method::text[], @path::text[], @status::bigint[],
    @status_class::bigint[], @failure::text[], @duration_ms::bigint[], @attempt::bigint[], @lane::text[], @cause::text[],
    @stripe_account::text[], @node::text[])

-- name: List
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls
where id < @before::bigint
    and (@request_id::text is null or request_id = @request_id)
    and (@cause::text is null or cause = @cause)
    and (@status_class::bigint is null or status_class = @status_class)
order by id desc
limit @limit::bigint

-- name: ListByRequest
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls
where request_id = @request_id::text and id < @before::bigint
    and (@cause::text is null or cause = @cause)
    and (@status_class::bigint is null or status_class = @status_class)
order by id desc
limit @limit::bigint

-- name: ListByCause
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls
where cause = @cause::text and id < @before::bigint
    and (@request_id::text is null or request_id = @request_id)
    and (@status_class::bigint is null or status_class = @status_class)
order by id desc
limit @limit::bigint

-- name: ListByStatus
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls
where status_class = @status_class::bigint and id < @before::bigint
    and (@request_id::text is null or request_id = @request_id)
    and (@cause::text is null or cause = @cause)
order by id desc
limit @limit::bigint
