-- What an event says that its object looked like before: it may prove what came first.
alter table objects add column previous json;

-- What a change was learned from where no event told it; event is 0 then.
alter table object_changes add column cause text;

-- What Stripe is to be asked about an object, and was. Of each object at most one is open. changed_at is the newest change
-- that is known, by Stripe's clock; the other moments are ours.
create table fetches (
    id bigint generated always as identity primary key,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    type text collate "C" not null,
    object_id text collate "C" not null,
    why text collate "C" not null,
    url text,
    api_version text,
    cause text not null,
    changed_at timestamptz not null,
    opened_at timestamptz not null,
    wanted_at timestamptz not null,
    wanted bigint not null default 1,
    looks bigint not null default 0,
    waits bigint not null default 0,
    closed_at timestamptz,
    confirmed boolean not null default false,
    constraint why_is_known check (why in ('confirm', 'always', 'doubt', 'thin')),
    constraint only_closed_is_confirmed check (not confirmed or closed_at is not null)
);

create unique index one_open_fetch_per_object on fetches (object_id, type, livemode, stripe_account)
where closed_at is null;
create index open_fetches_by_age on fetches (opened_at) where closed_at is null;
create index closed_fetches on fetches (closed_at) where closed_at is not null;
