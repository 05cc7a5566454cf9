-- name: Add
insert into audit (at, actor, action, subject, why)
values (@at::timestamptz, @actor::text, @action::text, @subject::text, @why::text)
