-- name: Find
select id, name, role, created_at, revoked_at
from tokens
where hash = @hash::bytea and revoked_at is null

-- name: List
select id, name, role, created_at, revoked_at
from tokens
order by id
limit 1000

-- name: Add
insert into tokens (name, role, hash, created_at)
values (@name::text, @role::text, @hash::bytea, @created_at::timestamptz)
returning id

-- name: Revoke
update tokens set revoked_at = @revoked_at::timestamptz where id = @id::bigint and revoked_at is null
