-- How far each sweep along what Stripe has has come. The first three moments are Stripe's, the others are ours.
create table cursors (
    id integer primary key,
    sweep text not null,
    stripe_account text not null,
    livemode integer not null,
    began_at integer,
    settled_until integer,
    walked_until integer,
    reached_at integer,
    trouble text,
    trouble_since integer,
    constraint one_cursor_per_sweep unique (sweep, livemode, stripe_account),
    constraint livemode_is_a_flag check (livemode in (0, 1)),
    constraint begun_as_a_whole check (
        (began_at is null) = (walked_until is null) and (began_at is null) = (settled_until is null)),
    constraint in_their_order check (began_at <= settled_until and settled_until <= walked_until),
    constraint trouble_has_begun check ((trouble is null) = (trouble_since is null))
);
