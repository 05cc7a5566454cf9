create table findings (
    id bigint generated always as identity primary key,
    kind text collate "C" not null,
    stripe_account text collate "C" not null,
    livemode boolean not null,
    subject text collate "C" not null,
    message text not null,
    facts json not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times bigint not null default 1,
    deadline_at timestamptz,
    closed_at timestamptz,
    closed_for text,
    constraint closed_for_a_reason check ((closed_at is null) = (closed_for is null))
);

create unique index one_open_finding_per_subject on findings (subject, kind, livemode, stripe_account)
where closed_at is null;

create index open_findings on findings (id) where closed_at is null;
create index closed_findings on findings (closed_at) where closed_at is not null;
