-- name: Add
insert into calls (
    at, correlation, request_id, method, path, status, status_class, failure, duration_ms, attempt, lane, cause,
    stripe_account, node)
values (
    @at, @correlation, @request_id, @method, @path, @status, @status_class, @failure, @duration_ms, @attempt, @lane, @cause,
    @stripe_account, @node)

-- name: List
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls
where id < @before
    and (@request_id is null or request_id = @request_id)
    and (@cause is null or cause = @cause)
    and (@status_class is null or status_class = @status_class)
order by id desc
limit @limit

-- name: ListByRequest
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls indexed by calls_by_request
where request_id = @request_id and id < @before
    and (@cause is null or cause = @cause)
    and (@status_class is null or status_class = @status_class)
order by id desc
limit @limit

-- name: ListByCause
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls indexed by calls_by_cause
where cause = @cause and id < @before
    and (@request_id is null or request_id = @request_id)
    and (@status_class is null or status_class = @status_class)
order by id desc
limit @limit

-- name: ListByStatus
select id, at, correlation, request_id, method, path, status, failure, duration_ms, attempt, lane, cause, stripe_account,
    node
from calls indexed by calls_by_status
where status_class = @status_class and id < @before
    and (@request_id is null or request_id = @request_id)
    and (@cause is null or cause = @cause)
order by id desc
limit @limit
