-- name: Lock
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id in (select value from json_each(@ids))
order by id, type, livemode, stripe_account

-- name: Find
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id = @id and type = @type and livemode = @livemode and stripe_account = @stripe_account

-- name: Write
-- The body comes as bytes, which SQLite would take for its binary JSON if they were not called text.
insert into objects (
    stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, source, cause, confirmed,
    in_doubt, deleted, hash, previous)
values (
    @stripe_account, @livemode, @type, @id, cast(@body as text), @api_version, @customer, @status, @parent, @as_of,
    @source, @cause, @confirmed, @in_doubt, @deleted, @hash, cast(@previous as text))
on conflict (id, type, livemode, stripe_account) do update
set body = excluded.body, api_version = excluded.api_version, customer = excluded.customer, status = excluded.status,
    parent = excluded.parent, as_of = excluded.as_of, source = excluded.source, cause = excluded.cause,
    confirmed = excluded.confirmed, in_doubt = excluded.in_doubt, deleted = excluded.deleted, hash = excluded.hash,
    previous = excluded.previous

-- name: AddChange
insert into object_changes (stripe_account, livemode, type, object_id, event, difference, applied_at, cause)
values (@stripe_account, @livemode, @type, @object_id, @event, cast(@difference as text), @applied_at, @cause)

-- name: ChangesByEvent
select stripe_account, livemode, type, object_id, event, difference, applied_at, cause
from object_changes
where event = @event
order by id
limit 100

-- name: ChangesByObject
select stripe_account, livemode, type, object_id, event, difference, applied_at, cause
from object_changes
where object_id = @id and type = @type and livemode = @livemode and stripe_account = @stripe_account
order by id
limit 1000

-- name: AccessRows
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where customer in (select value from json_each(@customers))
    and type in ('subscription', 'checkout.session', 'invoice', 'entitlements.active_entitlement_summary')
    and livemode = @livemode and stripe_account = @stripe_account
    and deleted = 0
    -- Renewals hang on their subscription, which is a row of its own here.
    and (type <> 'invoice' or (parent is null and status = 'paid'))
-- Subscriptions first: they must not fall to the limit behind ten thousand small purchases.
order by type desc, id
limit 10000

-- name: Children
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where parent in (select value from json_each(@parents)) and type = @type
    and livemode = @livemode and stripe_account = @stripe_account and deleted = 0
order by id
limit 10000

-- name: ByIds
select stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, cause, confirmed,
    in_doubt, deleted, hash, source, previous
from objects
where id in (select value from json_each(@ids)) and livemode = @livemode and stripe_account = @stripe_account
order by id, type
limit 10000
