-- Subscriptions and purchases of which access needs to know more than is held.
create table parked (
    id integer primary key autoincrement,
    stripe_account text not null,
    livemode integer not null,
    type text not null,
    object_id text not null,
    customer text,
    parent text,
    -- Stripe has been asked for what is missing, or there was nothing to ask it for.
    looked integer not null,
    deadline_at integer not null,
    constraint livemode_is_a_flag check (livemode in (0, 1)),
    constraint looked_is_a_flag check (looked in (0, 1)),
    constraint parked_once unique (object_id, type, livemode, stripe_account)
);

create index parked_by_customer on parked (customer) where customer is not null;
create index parked_by_parent on parked (parent) where parent is not null;
