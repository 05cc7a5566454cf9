-- One attempt of a call of Stripe's API each. Nothing of its parameters and bodies is kept.
create table calls (
    id integer primary key,
    at integer not null,
    correlation text not null,
    request_id text,
    method text not null,
    path text not null,
    status integer,
    status_class integer not null,
    failure text,
    duration_ms integer not null,
    attempt integer not null,
    lane text not null,
    cause text not null,
    stripe_account text not null,
    node text not null,
    constraint lane_is_known check (lane in ('live', 'confirm', 'repair', 'backfill')),
    constraint attempts_count_from_one check (attempt >= 1),
    constraint what_was_not_answered_failed check (status is not null or failure is not null),
    constraint class_is_of_the_status check (status_class = coalesce(status, 0) / 100)
);

create index calls_by_age on calls (at);
create index calls_by_cause on calls (cause, id);
create index calls_by_request on calls (request_id, id) where request_id is not null;
create index calls_by_status on calls (status_class, id);
