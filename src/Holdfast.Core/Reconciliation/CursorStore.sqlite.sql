-- name: Add
insert into cursors (sweep, livemode, stripe_account)
values (@sweep, @livemode, @stripe_account)
on conflict (sweep, livemode, stripe_account) do nothing
returning id

-- name: Find
select id, sweep, stripe_account, livemode, began_at, settled_until, walked_until, reached_at, trouble, trouble_since
from cursors
where id = @id

-- name: List
select id, sweep, stripe_account, livemode, began_at, settled_until, walked_until, reached_at, trouble, trouble_since
from cursors
where sweep = @sweep
order by livemode desc, stripe_account
limit @limit

-- name: Begin
update cursors
set began_at = @at, settled_until = @at, walked_until = @at
where id = @id and began_at is null

-- name: Move
update cursors
set settled_until = @settled_until, walked_until = @walked_until
where id = @id and settled_until = @settled_from and walked_until = @walked_from
    and @settled_until >= settled_until and @walked_until >= walked_until

-- name: Rewind
update cursors
set walked_until = @walked_until
where id = @id and walked_until = @walked_from

-- name: Reach
update cursors
set reached_at = @now, trouble = null, trouble_since = null
where id = @id

-- name: Proceed
update cursors
set trouble = null, trouble_since = null
where id = @id and trouble is not null

-- name: Stop
update cursors
set trouble = @trouble, trouble_since = coalesce(trouble_since, @now)
where id = @id
