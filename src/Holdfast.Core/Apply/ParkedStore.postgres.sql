-- name: Add
insert into parked (stripe_account, livemode, type, object_id, customer, parent, looked, deadline_at)
values (
    @stripe_account::text, @livemode::boolean, @type::text, @object_id::text, @customer::text, @parent::text,
    @looked::boolean, @deadline_at::timestamptz)
returning id

-- name: Find
select id, stripe_account, livemode, type, object_id, looked, deadline_at
from parked
where id = @id::bigint

-- name: Related
-- All of the objects themselves. Of many that hang on them the others wait until they are looked at again by their job.
select id, stripe_account, livemode, type, object_id, looked, deadline_at
from parked
where id in (
    select id from parked where object_id = any(@ids::text[])
    union
    select id from (
        select id from parked where parent = any(@ids)
        union
        select id from parked where customer = any(@customers::text[])
        order by id
        limit 1000) as few)
order by object_id, type

-- name: Note
update parked set looked = @looked::boolean where id = @id::bigint

-- name: Remove
delete from parked where id = @id::bigint
