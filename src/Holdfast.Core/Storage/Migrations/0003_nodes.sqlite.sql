-- A node is one life of one process. The file has one owner, so here there is one that lives.
create table nodes (
    id integer primary key,
    name text not null,
    version text not null,
    started_at integer not null,
    seen_at integer not null,
    ended_at integer,
    lost integer not null default 0,
    constraint only_what_ended_is_lost check (lost = 0 or ended_at is not null)
);

create index nodes_alive on nodes (name) where ended_at is null;

insert into nodes (id, name, version, started_at, seen_at, ended_at)
select id, '', '', started_at, seen_at, ended_at from runs;

drop table runs;

-- Until when work that leaves the process belongs to the attempt that took it.
alter table jobs add column lease_until integer
    constraint only_running_has_a_lease check ((state = 'running') = (lease_until is not null));
