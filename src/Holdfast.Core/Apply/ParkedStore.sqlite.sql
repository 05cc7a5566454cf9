-- name: Add
insert into parked (stripe_account, livemode, type, object_id, customer, parent, looked, deadline_at)
values (@stripe_account, @livemode, @type, @object_id, @customer, @parent, @looked, @deadline_at)
returning id

-- name: Find
select id, stripe_account, livemode, type, object_id, looked, deadline_at
from parked
where id = @id

-- name: Related
-- All of the objects themselves. Of many that hang on them the others wait until they are looked at again by their job.
select id, stripe_account, livemode, type, object_id, looked, deadline_at
from parked
where id in (
    select id from parked where object_id in (select value from json_each(@ids))
    union
    select id from (
        select id from parked where parent in (select value from json_each(@ids))
        union
        select id from parked where customer in (select value from json_each(@customers))
        order by id
        limit 1000))
order by object_id, type

-- name: Note
update parked set looked = @looked where id = @id

-- name: Remove
delete from parked where id = @id
