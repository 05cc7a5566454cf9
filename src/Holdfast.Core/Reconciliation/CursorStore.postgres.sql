-- name: Add
insert into cursors (sweep, livemode, stripe_account)
values (@sweep::text, @livemode::boolean, @stripe_account::text)
on conflict (sweep, livemode, stripe_account) do nothing
returning id

-- name: Find
select id, sweep, stripe_account, livemode, began_at, settled_until, walked_until, reached_at, trouble, trouble_since
from cursors
where id = @id::bigint

-- name: List
select id, sweep, stripe_account, livemode, began_at, settled_until, walked_until, reached_at, trouble, trouble_since
from cursors
where sweep = @sweep::text
order by livemode desc, stripe_account
limit @limit::bigint

-- name: Begin
update cursors
set began_at = @at::timestamptz, settled_until = @at, walked_until = @at
where id = @id::bigint and began_at is null

-- name: Move
update cursors
set settled_until = @settled_until::timestamptz, walked_until = @walked_until::timestamptz
where id = @id::bigint and settled_until = @settled_from::timestamptz and walked_until = @walked_from::timestamptz
    and @settled_until >= settled_until and @walked_until >= walked_until

-- name: Rewind
update cursors
set walked_until = @walked_until::timestamptz
where id = @id::bigint and walked_until = @walked_from::timestamptz

-- name: Reach
update cursors
set reached_at = @now::timestamptz, trouble = null, trouble_since = null
where id = @id::bigint

-- name: Proceed
update cursors
set trouble = null, trouble_since = null
where id = @id::bigint and trouble is not null

-- name: Stop
update cursors
set trouble = @trouble::text, trouble_since = coalesce(trouble_since, @now::timestamptz)
where id = @id::bigint
