-- Subscriptions and purchases of which access needs to know more than is held.
create table parked (
    id bigint generated always as identity primary key,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    type text collate "C" not null,
    object_id text collate "C" not null,
    customer text collate "C",
    parent text collate "C",
    -- Stripe has been asked for what is missing, or there was nothing to ask it for.
    looked boolean not null,
    deadline_at timestamptz not null,
    constraint parked_once unique (object_id, type, livemode, stripe_account)
);

create index parked_by_customer on parked (customer) where customer is not null;
create index parked_by_parent on parked (parent) where parent is not null;
