-- name: Lock
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id = any(@ids::text[])
order by id, type, livemode, stripe_account
for update

-- name: Find
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id = @id::text and type = @type::text and livemode = @livemode::boolean
    and stripe_account = @stripe_account::text

-- name: Write
insert into objects (
    stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, source, cause, confirmed,
    in_doubt, deleted, hash, previous)
select *
from unnest(
    @stripe_account::text[], @livemode::boolean[], @type::text[], @id::text[], @body::json[], @api_version::text[],
    @customer::text[], @status::text[], @parent::text[], @as_of::timestamptz[], @source::text[], @cause::text[],
    @confirmed::boolean[], @in_doubt::boolean[], @deleted::boolean[], @hash::bytea[], @previous::json[])
on conflict (id, type, livemode, stripe_account) do update
set body = excluded.body, api_version = excluded.api_version, customer = excluded.customer, status = excluded.status,
    parent = excluded.parent, as_of = excluded.as_of, source = excluded.source, cause = excluded.cause,
    confirmed = excluded.confirmed, in_doubt = excluded.in_doubt, deleted = excluded.deleted, hash = excluded.hash,
    previous = excluded.previous

-- name: AddChange
insert into object_changes (stripe_account, livemode, type, object_id, event, difference, applied_at, cause)
select *
from unnest(
    @stripe_account::text[], @livemode::boolean[], @type::text[], @object_id::text[], @event::bigint[],
    @difference::json[], @applied_at::timestamptz[], @cause::text[])

-- name: ChangesByEvent
select stripe_account, livemode, type, object_id, event, difference, applied_at, cause
from object_changes
where event = @event::bigint
order by id
limit 100

-- name: ChangesByObject
select stripe_account, livemode, type, object_id, event, difference, applied_at, cause
from object_changes
where object_id = @id::text and type = @type::text and livemode = @livemode::boolean
    and stripe_account = @stripe_account::text
order by id
limit 1000

-- name: AccessRows
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where customer = any(@customers::text[])
    and type in ('subscription', 'checkout.session', 'invoice', 'entitlements.active_entitlement_summary')
    and livemode = @livemode::boolean and stripe_account = @stripe_account::text
    and not deleted
    -- Renewals hang on their subscription, which is a row of its own here.
    and (type <> 'invoice' or (parent is null and status = 'paid'))
-- Subscriptions first: they must not fall to the limit behind ten thousand small purchases.
order by type desc, id
limit 10000

-- name: Children
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where parent = any(@parents::text[]) and type = @type::text
    and livemode = @livemode::boolean and stripe_account = @stripe_account::text and not deleted
order by id
limit 10000

-- name: ByIds
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id = any(@ids::text[]) and livemode = @livemode::boolean and stripe_account = @stripe_account::text
order by id, type
limit 10000
