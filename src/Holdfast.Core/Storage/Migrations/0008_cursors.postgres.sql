-- How far each sweep along what Stripe has has come. The first three moments are Stripe's, the others are ours.
create table cursors (
    id bigint generated always as identity primary key,
    sweep text collate "C" not null,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    began_at timestamptz,
    settled_until timestamptz,
    walked_until timestamptz,
    reached_at timestamptz,
    trouble text,
    trouble_since timestamptz,
    constraint one_cursor_per_sweep unique (sweep, livemode, stripe_account),
    constraint begun_as_a_whole check (
        (began_at is null) = (walked_until is null) and (began_at is null) = (settled_until is null)),
    constraint in_their_order check (began_at <= settled_until and settled_until <= walked_until),
    constraint trouble_has_begun check ((trouble is null) = (trouble_since is null))
);
