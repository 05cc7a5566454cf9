-- name: Find
select id, name, role, created_at, revoked_at
from tokens
where hash = @hash and revoked_at is null

-- name: List
select id, name, role, created_at, revoked_at
from tokens
order by id
limit 1000

-- name: Add
insert into tokens (name, role, hash, created_at)
values (@name, @role, @hash, @created_at)
returning id

-- name: Revoke
update tokens set revoked_at = @revoked_at where id = @id and revoked_at is null
