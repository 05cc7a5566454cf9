-- name: AddIds
-- The unique key decides whether an event is new, however many deliver it at once.
insert into event_ids (event_id, livemode, stripe_account, deliveries, last_delivery_at)
values (@event_id, @livemode, @stripe_account, @deliveries, @at)
on conflict (event_id, livemode, stripe_account) do update
set deliveries = deliveries + excluded.deliveries, last_delivery_at = excluded.last_delivery_at
returning id, event_id, livemode, stripe_account, deliveries

-- name: Add
insert into events (
    id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    request_id, endpoint, correlation, hash, body)
values (
    @id, @event_id, @livemode, @stripe_account, @type, @created, @received_at, @api_version, @object_type, @object_id,
    @request_id, @endpoint, @correlation, @hash, @body)

-- name: Prints
select id, api_version, hash
from events
where id in (select value from json_each(@ids))

-- name: AddConflict
-- Ten different bodies of one event tell as much as ten thousand.
insert into event_conflicts (event, received_at, endpoint, correlation, hash, body)
select @event, @received_at, @endpoint, @correlation, @hash, @body
where (select count(*) from event_conflicts where event = @event) < 10
on conflict (event, hash) do nothing

-- name: Load
select id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    endpoint, correlation, hash, body
from events
where id in (select value from json_each(@ids))

-- name: Known
select event_id
from event_ids
where event_id in (select value from json_each(@event_ids)) and livemode = @livemode and stripe_account = @stripe_account

-- name: Find
select id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    endpoint, correlation, hash, body
from events
where id = @id

-- name: ByEventId
-- "cross join" keeps SQLite from beginning with the jobs, of which there are millions.
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from event_ids i
cross join events e on e.id = i.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where i.event_id = @event_id
order by e.id desc
limit 10

-- name: List
-- "cross join" fixes the order of the tables, "indexed by" the index that the filter is for.
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e indexed by events_by_mode
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.livemode = @livemode and e.id < @before
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListByType
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e indexed by events_by_type
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.type = @type and e.livemode = @livemode and e.id < @before
    and (@object_id is null or e.object_id = @object_id)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListByObject
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e indexed by events_by_object
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.object_id = @object_id and e.livemode = @livemode and e.id < @before
    and (@type is null or e.type = @type)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListWaiting
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j indexed by jobs_due
cross join events e on e.id = j.subject
cross join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'waiting' and @state = 'waiting' and j.subject < @before
    and e.livemode = @livemode
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
order by j.subject desc
limit @limit

-- name: ListDead
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j indexed by dead_letters
cross join events e on e.id = j.subject
cross join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'dead' and @state = 'dead' and j.subject < @before
    and e.livemode = @livemode
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
order by j.subject desc
limit @limit

-- name: ListDismissed
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j indexed by dismissed_letters
cross join events e on e.id = j.subject
cross join event_ids i on i.id = e.id
where j.kind = 'event' and j.state = 'dismissed' and @state = 'dismissed' and j.subject < @before
    and e.livemode = @livemode
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
order by j.subject desc
limit @limit
