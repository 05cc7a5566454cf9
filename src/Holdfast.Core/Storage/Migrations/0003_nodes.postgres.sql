-- A node is one life of one process.
create table nodes (
    id bigint generated always as identity primary key,
    name text collate "C" not null,
    version text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    ended_at timestamptz,
    lost boolean not null default false,
    constraint only_what_ended_is_lost check (not lost or ended_at is not null)
) with (fillfactor = 50);

create index nodes_alive on nodes (name) where ended_at is null;

-- Until when work that leaves the process belongs to the attempt that took it.
alter table jobs add column lease_until timestamptz;
alter table jobs add constraint only_running_has_a_lease check ((state = 'running') = (lease_until is not null));
