-- Adds to the tables that every delivery and every job goes through.
alter table event_ids add column later text;
alter table events add column later text;
alter table jobs add column later text;
alter table objects add column later text;
create table later (id bigint primary key);
