-- stripe_account '' is our own account. Keys are compared byte by byte, as the program sorts them: collate "C".

-- Ids grow with time: seconds since 1970, then twenty bits of a sequence. So what is partitioned by id is partitioned
-- by time, a row is found by its id in one partition, and an id fits into what JavaScript takes for a number.
create sequence ids;

create function next_id() returns bigint language sql volatile
return (floor(extract(epoch from clock_timestamp()))::bigint << 20) | (nextval('ids') & 1048575);

create function first_id_at(moment timestamptz) returns bigint language sql immutable
return floor(extract(epoch from moment))::bigint << 20;

-- PostgreSQL holds JSON with the character U+0000, but cannot read it: here it is read as U+FFFD. Where its backslash is
-- itself escaped, the same letters are a text about it, and stay. With half a pair of surrogates JSON cannot be read at
-- all, and what cannot be read is nothing. Not parallel safe: to catch the error is a subtransaction, which a query that
-- several workers share cannot have.
create function readable(body json) returns jsonb language plpgsql immutable strict as $$
begin
    if position('\u0000' in body::text) > 0 then
        return regexp_replace(body::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb;
    end if;
    return body::jsonb;
exception when data_exception then
    return null;
end
$$;

create table event_ids (
    id bigint primary key default next_id(),
    event_id text collate "C" not null,
    livemode boolean not null,
    stripe_account text collate "C" not null,
    deliveries bigint not null,
    last_delivery_at timestamptz not null,
    constraint stored_once unique (event_id, livemode, stripe_account)
) with (fillfactor = 90);

create table events (
    id bigint primary key,
    event_id text collate "C" not null,
    livemode boolean not null,
    stripe_account text collate "C" not null,
    type text collate "C" not null,
    created timestamptz not null,
    received_at timestamptz not null,
    api_version text,
    object_type text,
    object_id text collate "C",
    request_id text,
    endpoint text not null,
    correlation text not null,
    hash bytea not null,
    body bytea not null
) partition by range (id);

-- PostgreSQL's own method of compression was a fifth of what storing an event cost it. Partitions inherit the choice.
do $$
begin
    alter table events alter column body set compression lz4;
exception when feature_not_supported then
    null; -- a server that was built without LZ4
end
$$;

create index events_by_object on events (object_id, livemode, id) where object_id is not null;
create index events_by_type on events (type, livemode, id);
create index events_by_mode on events (livemode, id);

create table event_conflicts (
    id bigint generated always as identity primary key,
    event bigint not null,
    received_at timestamptz not null,
    endpoint text not null,
    correlation text not null,
    hash bytea not null,
    body bytea not null,
    constraint kept_once unique (event, hash)
);

create table jobs (
    id bigint not null default next_id(),
    kind text collate "C" not null,
    subject bigint not null,
    state text collate "C" not null,
    attempt bigint not null default 0,
    retries_from bigint not null default 0,
    alone bigint not null default 0,
    run_at timestamptz,
    created_at timestamptz not null,
    ended_at timestamptz,
    dismissed_for text,
    constraint only_waiting_has_run_at check ((state = 'waiting') = (run_at is not null)),
    constraint only_ended_has_ended_at check ((state in ('waiting', 'running')) = (ended_at is null)),
    constraint retries_follow_attempts check (retries_from <= attempt),
    constraint dismissed_for_a_reason check ((state = 'dismissed') = (dismissed_for is not null))
) partition by list (state);

-- Hot and small: what ends goes over to ended_jobs by itself, because its state says so. Vacuum follows closely.
create table open_jobs partition of jobs (
    constraint open_jobs_pkey primary key (id),
    constraint one_job_per_subject unique (kind, subject)
) for values in ('waiting', 'running', 'unknown', 'dead') with (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000,
    autovacuum_vacuum_cost_delay = 0);

create index jobs_due on open_jobs (kind, run_at, id) where state = 'waiting';
create index dead_letters on open_jobs (id) where state = 'dead';
create index jobs_out on open_jobs (kind, state, id) where state in ('running', 'unknown');

create table ended_jobs partition of jobs (
    constraint ended_jobs_pkey primary key (id)
) for values in ('completed', 'dismissed') partition by range (id);

create index ended_jobs_by_subject on ended_jobs (kind, subject);
create index dismissed_letters on ended_jobs (id) where state = 'dismissed';

-- What no month holds: rows that outlived their month, or came before anybody made it.
create table events_rest partition of events default;
create table ended_jobs_rest partition of ended_jobs default;

-- Makes the first partition that is missing of the months from now up to that moment, and says which. It is made by
-- itself and then attached: for that nobody who stores has to wait, but only who looks into the rest. Who cannot have that
-- for itself at once rather tries again in a minute than to have others wait behind it.
create function add_partition(upto timestamptz) returns text language plpgsql set lock_timeout = '100ms' as $$
declare
    month timestamptz := date_trunc('month', clock_timestamp(), 'UTC');
    next_month timestamptz;
    parent text;
    name text;
    is_kept boolean;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('partitions', 0)) then
        return null;
    end if;
    while month <= upto loop
        next_month := date_trunc('month', month + interval '32 days', 'UTC');
        foreach parent in array array['events', 'ended_jobs'] loop
            name := format('%s_%s', parent, to_char(month at time zone 'UTC', 'YYYY_MM'));
            if to_regclass(name) is null then
                -- When the rest has rows of a month already, it keeps it; the months after it get their own.
                execute format('select exists (select from %I where id >= $1 and id < $2)', parent || '_rest')
                into is_kept using first_id_at(month), first_id_at(next_month);
                if not is_kept then
                    begin
                        execute format('create table %I (like %I including all)', name, parent);
                        execute format(
                            'alter table %I attach partition %I for values from (%s) to (%s)',
                            parent, name, first_id_at(month), first_id_at(next_month));
                        return name;
                    exception when check_violation then
                        null; -- since a moment ago it has
                    end;
                end if;
            end if;
        end loop;
        month := next_month;
    end loop;
    return null;
end
$$;

do $$
begin
    while add_partition(clock_timestamp() + interval '2 months') is not null loop
    end loop;
end
$$;

-- Drops the oldest month that lies before that moment as a whole, one of events or of ended jobs, and says which.
-- Events whose jobs are open go over to the rest: nothing that is still to be done is ever lost. While they go, nobody
-- stores or reads events; so a month with more of them than go at once stays until it has fewer.
create function drop_month(before timestamptz) returns text language plpgsql as $$
declare
    max_open constant int := 1000;
    old record;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('partitions', 0)) then
        return null;
    end if;
    -- While it waits for readers, deliveries wait behind it: it rather tries again in a minute.
    perform set_config('lock_timeout', '100ms', true);
    select m.name, m.parent, m.first, m.first_after into old
    from (
        select c.relname as name, i.inhparent::regclass as parent, first_id_at(month at time zone 'UTC') as first,
            first_id_at((month + interval '1 month') at time zone 'UTC') as first_after, month
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        cross join lateral to_date(substring(c.relname from '_([0-9]{4}_[0-9]{2})$'), 'YYYY_MM') as day
        cross join lateral cast(day as timestamp) as month
        where i.inhparent in ('events'::regclass, 'ended_jobs'::regclass)
            and month + interval '1 month' <= before at time zone 'UTC') as m
    where m.parent = 'ended_jobs'::regclass or max_open >= (
        select count(*)
        from (
            select j.id from open_jobs j
            where j.kind = 'event' and j.subject >= m.first and j.subject < m.first_after
            limit max_open + 1) as few)
    order by m.month, m.name
    limit 1;
    if old is null then
        return null;
    end if;
    execute format('alter table %s detach partition %I', old.parent, old.name);
    if old.parent = 'events'::regclass then
        execute format('insert into events_rest select e.* from %I e where e.id = any ($1)', old.name)
        using array(
            select j.subject from open_jobs j
            where j.kind = 'event' and j.subject >= old.first and j.subject < old.first_after);
    end if;
    execute format('drop table %I', old.name);
    return old.name;
end
$$;

create table attempts (
    job bigint not null,
    attempt bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    state text not null,
    reason text,
    detail text,
    fingerprint text collate "C",
    constraint one_row_per_attempt primary key (job, attempt)
);

create index attempts_by_fingerprint on attempts (fingerprint, job) where fingerprint is not null;

create table objects (
    stripe_account text collate "C" not null,
    livemode boolean not null,
    type text collate "C" not null,
    id text collate "C" not null,
    body json not null,
    api_version text,
    customer text collate "C",
    status text,
    parent text collate "C",
    as_of timestamptz not null,
    source text not null,
    cause text not null,
    confirmed boolean not null,
    in_doubt boolean not null,
    deleted boolean not null,
    hash bytea not null,
    constraint one_row_per_object primary key (id, type, livemode, stripe_account)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

do $$
begin
    alter table objects alter column body set compression lz4;
exception when feature_not_supported then
    null;
end
$$;

create index objects_by_customer on objects (customer, type, livemode, stripe_account) where customer is not null;
create index objects_by_parent on objects (parent, type, livemode, stripe_account) where parent is not null;
create index customers_by_email on objects (lower(readable(body) ->> 'email')) where type = 'customer';

create table object_changes (
    id bigint generated always as identity primary key,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    type text collate "C" not null,
    object_id text collate "C" not null,
    event bigint not null,
    difference json not null,
    applied_at timestamptz not null
);

create index changes_by_object on object_changes (object_id, id);
create index changes_by_event on object_changes (event);

create table accounts (
    id bigint generated always as identity primary key,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    reference text collate "C",
    created_at timestamptz not null
);

create unique index account_has_its_own_reference on accounts (reference, livemode, stripe_account)
where reference is not null;

create table account_customers (
    customer text collate "C" not null,
    livemode boolean not null,
    stripe_account text collate "C" not null,
    account bigint not null references accounts (id),
    constraint a_customer_has_one_account primary key (customer, livemode, stripe_account)
);

create index customers_of_account on account_customers (account, customer);

-- A row for each session that counts, so that nobody waits for another's commit; they are added up when read.
create table counters (
    name text collate "C" not null,
    shard bigint not null,
    value bigint not null,
    constraint one_row_per_counter_and_session primary key (name, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table refusals (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    endpoint text not null,
    cause text not null,
    correlation text not null,
    remote_address text,
    facts text not null
);

create table alerts (
    id bigint generated always as identity primary key,
    kind text collate "C" not null,
    subject text collate "C" not null,
    message text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times bigint not null default 1,
    acknowledged_by text,
    acknowledged_at timestamptz,
    cleared_at timestamptz
);

create unique index one_open_alert_per_subject on alerts (kind, subject) where cleared_at is null;

create table tokens (
    id bigint generated always as identity primary key,
    name text not null,
    role text not null,
    hash bytea not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint token_is_unguessed unique (hash),
    constraint role_is_known check (role in ('viewer', 'support', 'operator', 'admin'))
);

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    action text not null,
    subject text not null,
    why text,
    before text,
    after text
);
