-- name: AddIds
-- The unique key decides whether an event is new, however many deliver it at once on however many nodes. They come in
-- the order of their keys, so two nodes never wait for each other in a circle.
insert into event_ids (event_id, livemode, stripe_account, deliveries, last_delivery_at)
select *
from unnest(
    @event_id::text[], @livemode::boolean[], @stripe_account::text[], @deliveries::bigint[], @at::timestamptz[])
on conflict (event_id, livemode, stripe_account) do update
set deliveries = event_ids.deliveries + excluded.deliveries, last_delivery_at = excluded.last_delivery_at
returning id, event_id, livemode, stripe_account, deliveries

-- name: Add
insert into events (
    id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    request_id, endpoint, correlation, hash, body)
select *
from unnest(
    @id::bigint[], @event_id::text[], @livemode::boolean[], @stripe_account::text[], @type::text[],
    @created::timestamptz[], @received_at::timestamptz[], @api_version::text[], @object_type::text[],
    @object_id::text[], @request_id::text[], @endpoint::text[], @correlation::text[], @hash::bytea[], @body::bytea[])

-- name: Prints
select id, api_version, hash
from events
where id = any(@ids::bigint[])

-- name: AddConflict
-- Ten different bodies of one event tell as much as ten thousand.
insert into event_conflicts (event, received_at, endpoint, correlation, hash, body)
select @event::bigint, @received_at::timestamptz, @endpoint::text, @correlation::text, @hash::bytea, @body::bytea
where (select count(*) from event_conflicts where event = @event) < 10
on conflict (event, hash) do nothing

-- name: Load
select id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    endpoint, correlation, hash, body
from events
where id = any(@ids::bigint[])

-- name: Known
select event_id
from event_ids
where event_id = any(@event_ids::text[]) and livemode = @livemode::boolean and stripe_account = @stripe_account::text

-- name: Find
select id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    endpoint, correlation, hash, body
from events
where id = @id::bigint

-- name: ByEventId
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from event_ids i
join events e on e.id = i.id
join jobs j on j.kind = 'event' and j.subject = e.id
where i.event_id = @event_id::text
order by e.id desc
limit 10

-- name: List
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e
join event_ids i on i.id = e.id
join jobs j on j.kind = 'event' and j.subject = e.id
where e.livemode = @livemode::boolean and e.id < @before::bigint
    and (@type::text is null or e.type = @type)
    and (@object_id::text is null or e.object_id = @object_id)
    and (@state::text is null or j.state = @state)
order by e.id desc
limit @limit::bigint

-- name: ListByType
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e
join event_ids i on i.id = e.id
join jobs j on j.kind = 'event' and j.subject = e.id
where e.type = @type::text and e.livemode = @livemode::boolean and e.id < @before::bigint
    and (@object_id::text is null or e.object_id = @object_id)
    and (@state::text is null or j.state = @state)
order by e.id desc
limit @limit::bigint

-- name: ListByObject
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e
join event_ids i on i.id = e.id
join jobs j on j.kind = 'event' and j.subject = e.id
where e.object_id = @object_id::text and e.livemode = @livemode::boolean and e.id < @before::bigint
    and (@type::text is null or e.type = @type)
    and (@state::text is null or j.state = @state)
order by e.id desc
limit @limit::bigint

-- name: ListWaiting
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j
join events e on e.id = j.subject
join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'waiting' and @state::text = 'waiting' and j.subject < @before::bigint
    and e.livemode = @livemode::boolean
    and (@type::text is null or e.type = @type)
    and (@object_id::text is null or e.object_id = @object_id)
order by j.subject desc
limit @limit::bigint

-- name: ListDead
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j
join events e on e.id = j.subject
join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'dead' and @state::text = 'dead' and j.subject < @before::bigint
    and e.livemode = @livemode::boolean
    and (@type::text is null or e.type = @type)
    and (@object_id::text is null or e.object_id = @object_id)
order by j.subject desc
limit @limit::bigint

-- name: ListDismissed
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j
join events e on e.id = j.subject
join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'dismissed' and @state::text = 'dismissed' and j.subject < @before::bigint
    and e.livemode = @livemode::boolean
    and (@type::text is null or e.type = @type)
    and (@object_id::text is null or e.object_id = @object_id)
order by j.subject desc
limit @limit::bigint
