create table findings (
    id integer primary key,
    kind text not null,
    stripe_account text not null,
    livemode integer not null,
    subject text not null,
    message text not null,
    facts text not null,
    first_at integer not null,
    last_at integer not null,
    times integer not null default 1,
    deadline_at integer,
    closed_at integer,
    closed_for text,
    constraint livemode_is_a_flag check (livemode in (0, 1)),
    constraint closed_for_a_reason check ((closed_at is null) = (closed_for is null))
);

create unique index one_open_finding_per_subject on findings (subject, kind, livemode, stripe_account)
where closed_at is null;

create index open_findings on findings (id) where closed_at is null;
create index closed_findings on findings (closed_at) where closed_at is not null;
