-- name: AddId
-- The unique key decides whether an event is new, however many deliver it at once.
insert into event_ids (event_id, livemode, stripe_account, last_delivery_at)
values (@event_id, @livemode, @stripe_account, @at)
on conflict (event_id, livemode, stripe_account) do nothing
returning id, event_id, livemode, stripe_account

-- name: Add
insert into events (
    id, event_id, livemode, stripe_account, type, created, received_at, api_version, object_type, object_id,
    request_id, endpoint, correlation, hash, body)
values (
    @id, @event_id, @livemode, @stripe_account, @type, @created, @received_at, @api_version, @object_type, @object_id,
    @request_id, @endpoint, @correlation, @hash, @body)

-- name: CountDelivery
update event_ids
set deliveries = deliveries + 1, last_delivery_at = @at
where event_id = @event_id and livemode = @livemode and stripe_account = @stripe_account
returning id

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
-- "cross join" fixes the order of the tables: the events decide, newest first, and the rest is looked up.
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.id < @before
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
    and (@livemode is null or e.livemode = @livemode)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListByType
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e indexed by events_by_type
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.id < @before and e.type = @type
    and (@object_id is null or e.object_id = @object_id)
    and (@livemode is null or e.livemode = @livemode)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListByObject
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from events e indexed by events_by_object
cross join event_ids i on i.id = e.id
cross join jobs j on j.kind = 'event' and j.subject = e.id
where e.id < @before and e.object_id = @object_id
    and (@type is null or e.type = @type)
    and (@livemode is null or e.livemode = @livemode)
    and (@state is null or j.state = @state)
order by e.id desc
limit @limit

-- name: ListByState
-- The narrow job rows decide: few of millions may be in this state, and the events are wide.
select e.id, e.event_id, e.livemode, e.stripe_account, e.type, e.created, e.received_at, e.api_version, e.object_type,
    e.object_id, e.endpoint, e.correlation, i.deliveries, j.id, j.state, j.attempt, j.run_at
from jobs j
cross join events e on e.id = j.subject
cross join event_ids i on i.id = e.id
where j.kind = 'event' and j.subject < @before and j.state = @state
    and (@type is null or e.type = @type)
    and (@object_id is null or e.object_id = @object_id)
    and (@livemode is null or e.livemode = @livemode)
order by j.subject desc
limit @limit
