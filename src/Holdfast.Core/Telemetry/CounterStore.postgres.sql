-- name: Add
insert into counters (name, shard, value) values (@name::text, pg_backend_pid(), @count::bigint)
on conflict (name, shard) do update set value = counters.value + excluded.value

-- name: All
select name, sum(value)::bigint from counters group by name order by name limit 10000
