-- name: Add
insert into counters (name, value) values (@name, @count)
on conflict (name) do update set value = value + excluded.value

-- name: All
select name, value from counters order by name limit 10000
