-- name: Add
insert into audit (at, actor, action, subject, why) values (@at, @actor, @action, @subject, @why)
