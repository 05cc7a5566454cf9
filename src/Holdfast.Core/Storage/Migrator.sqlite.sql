-- name: Create
create table if not exists migrations (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at integer not null
)

-- name: All
select number, name, checksum from migrations order by number

-- name: Add
insert into migrations (number, name, checksum, applied_at) values (@number, @name, @checksum, @applied_at)
