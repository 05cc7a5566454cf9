-- Moments are milliseconds since 1970 (UTC). stripe_account '' is our own account.

create table event_ids (
    id integer primary key,
    event_id text not null,
    livemode integer not null,
    stripe_account text not null,
    deliveries integer not null default 1,
    last_delivery_at integer not null,
    constraint stored_once unique (event_id, livemode, stripe_account),
    constraint livemode_is_a_flag check (livemode in (0, 1))
);

create table events (
    id integer primary key,
    event_id text not null,
    livemode integer not null,
    stripe_account text not null,
    type text not null,
    created integer not null,
    received_at integer not null,
    api_version text,
    object_type text,
    object_id text,
    request_id text,
    endpoint text not null,
    correlation text not null,
    hash blob not null,
    body blob not null
);

create index events_by_object on events (object_id, livemode, id) where object_id is not null;
create index events_by_type on events (type, livemode, id);
create index events_by_mode on events (livemode, id);

create table event_conflicts (
    id integer primary key,
    event integer not null,
    received_at integer not null,
    endpoint text not null,
    correlation text not null,
    hash blob not null,
    body blob not null,
    constraint kept_once unique (event, hash)
);

create table jobs (
    id integer primary key,
    kind text not null,
    subject integer not null,
    state text not null,
    attempt integer not null default 0,
    retries_from integer not null default 0,
    alone integer not null default 0,
    run_at integer,
    created_at integer not null,
    ended_at integer,
    dismissed_for text,
    constraint one_job_per_subject unique (kind, subject),
    constraint state_is_known check (state in ('waiting', 'running', 'completed', 'unknown', 'dead', 'dismissed')),
    constraint only_waiting_has_run_at check ((state = 'waiting') = (run_at is not null)),
    constraint only_ended_has_ended_at check ((state in ('waiting', 'running')) = (ended_at is null)),
    constraint retries_follow_attempts check (retries_from <= attempt),
    constraint dismissed_for_a_reason check ((state = 'dismissed') = (dismissed_for is not null))
);

create index jobs_due on jobs (kind, run_at, id) where state = 'waiting';
create index dead_letters on jobs (id) where state = 'dead';
create index dismissed_letters on jobs (id) where state = 'dismissed';
create index jobs_out on jobs (kind, state, id) where state in ('running', 'unknown');

create table attempts (
    job integer not null,
    attempt integer not null,
    started_at integer not null,
    ended_at integer not null,
    state text not null,
    reason text,
    detail text,
    fingerprint text,
    constraint one_row_per_attempt primary key (job, attempt)
) without rowid;

create index attempts_by_fingerprint on attempts (fingerprint, job) where fingerprint is not null;

create table runs (
    id integer primary key,
    started_at integer not null,
    seen_at integer not null,
    ended_at integer
);

create table objects (
    stripe_account text not null,
    livemode integer not null,
    type text not null,
    id text not null,
    body text not null,
    api_version text,
    customer text,
    status text,
    parent text,
    as_of integer not null,
    source text not null,
    cause text not null,
    confirmed integer not null,
    in_doubt integer not null,
    deleted integer not null,
    hash blob not null,
    constraint one_row_per_object primary key (id, type, livemode, stripe_account),
    constraint flags_are_flags check (
        livemode in (0, 1) and confirmed in (0, 1) and in_doubt in (0, 1) and deleted in (0, 1))
);

create index objects_by_customer on objects (customer, type, livemode, stripe_account) where customer is not null;
create index objects_by_parent on objects (parent, type, livemode, stripe_account) where parent is not null;
create index customers_by_email on objects (lower(body ->> '$.email')) where type = 'customer';

create table object_changes (
    id integer primary key,
    stripe_account text not null,
    livemode integer not null,
    type text not null,
    object_id text not null,
    event integer not null,
    difference text not null,
    applied_at integer not null
);

create index changes_by_object on object_changes (object_id, id);
create index changes_by_event on object_changes (event);

create table accounts (
    id integer primary key,
    stripe_account text not null,
    livemode integer not null,
    reference text,
    created_at integer not null
);

create unique index account_has_its_own_reference on accounts (reference, livemode, stripe_account)
where reference is not null;

create table account_customers (
    customer text not null,
    livemode integer not null,
    stripe_account text not null,
    account integer not null references accounts (id),
    constraint a_customer_has_one_account primary key (customer, livemode, stripe_account)
) without rowid;

create index customers_of_account on account_customers (account, customer);

create table counters (
    name text primary key,
    value integer not null
) without rowid;

create table refusals (
    id integer primary key,
    at integer not null,
    endpoint text not null,
    cause text not null,
    correlation text not null,
    remote_address text,
    facts text not null
);

create table alerts (
    id integer primary key,
    kind text not null,
    subject text not null,
    message text not null,
    first_at integer not null,
    last_at integer not null,
    times integer not null default 1,
    acknowledged_by text,
    acknowledged_at integer,
    cleared_at integer
);

create unique index one_open_alert_per_subject on alerts (kind, subject) where cleared_at is null;

create table tokens (
    id integer primary key,
    name text not null,
    role text not null,
    hash blob not null,
    created_at integer not null,
    revoked_at integer,
    constraint token_is_unguessed unique (hash),
    constraint role_is_known check (role in ('viewer', 'support', 'operator', 'admin'))
);

create table audit (
    id integer primary key,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    why text,
    before text,
    after text
);
