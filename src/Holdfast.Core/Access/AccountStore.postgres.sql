-- name: ById
select id, stripe_account, livemode, reference, created_at
from accounts
where id = @id::bigint

-- name: ByReference
select a.id, a.stripe_account, a.livemode, a.reference, a.created_at
from unnest(@stripe_account::text[], @livemode::boolean[], @reference::text[]) as r (stripe_account, livemode, reference)
join accounts a using (stripe_account, livemode, reference)

-- name: ByPayer
select a.id, a.stripe_account, a.livemode, a.reference, a.created_at, c.customer
from unnest(@customer::text[], @livemode::boolean[], @stripe_account::text[]) as p (customer, livemode, stripe_account)
join account_customers c using (customer, livemode, stripe_account)
join accounts a on a.id = c.account

-- name: ByEmail
select distinct a.id, a.stripe_account, a.livemode, a.reference, a.created_at
from objects o
join account_customers c
    on c.customer = o.id and c.livemode = o.livemode and c.stripe_account = o.stripe_account
join accounts a on a.id = c.account
where lower(readable(o.body) ->> 'email') = lower(@email::text) and o.type = 'customer' and not o.deleted
    and o.livemode = @livemode::boolean and o.stripe_account = @stripe_account::text
order by a.id
limit 10

-- name: Customers
select customer
from account_customers
where account = @account::bigint
order by customer
limit 1000

-- name: Add
insert into accounts (stripe_account, livemode, reference, created_at)
select *
from unnest(@stripe_account::text[], @livemode::boolean[], @reference::text[], @created_at::timestamptz[])
returning id, stripe_account, livemode, reference, created_at

-- name: AddMissing
insert into accounts (stripe_account, livemode, reference, created_at)
select *
from unnest(@stripe_account::text[], @livemode::boolean[], @reference::text[], @created_at::timestamptz[])
on conflict (reference, livemode, stripe_account) where reference is not null do nothing

-- name: Tie
insert into account_customers (customer, livemode, stripe_account, account)
select *
from unnest(@customer::text[], @livemode::boolean[], @stripe_account::text[], @account::bigint[])
on conflict (customer, livemode, stripe_account) do update set account = excluded.account

-- name: SetReference
update accounts set reference = @reference::text where id = @id::bigint and reference is null

-- name: DropIfEmpty
delete from accounts
where id = @id::bigint and not exists (select 1 from account_customers where account = @id)

-- name: ReferenceOf
-- The customer's own metadata speaks first, because the application can correct it; then the earliest checkout that
-- named a reference, then the earliest subscription. An empty text names nobody. With "offset 0" a body is made readable
-- once and not once for each use; a part of it cannot be taken out before, as some bodies cannot be read. With "like" for
-- "=" a customer is found by the primary key: a session that plans this while there are hardly any would read them all.
select p.stripe_account, p.livemode, p.customer, coalesce(
    (select nullif(readable(body) #>> array['metadata', p.metadata_key], '')
     from objects
     where id = p.customer and type like 'customer' and livemode = p.livemode and stripe_account = p.stripe_account),
    (select reference
     from (
        select coalesce(
            nullif(b.body ->> 'client_reference_id', ''),
            nullif(b.body #>> array['metadata', p.metadata_key], '')) as reference, b.body -> 'created' as created, o.id
        from objects o, lateral (select readable(o.body) as body offset 0) b
        where o.customer = p.customer and o.type = 'checkout.session' and o.livemode = p.livemode
            and o.stripe_account = p.stripe_account) as named
     where reference is not null
     order by created, id
     limit 1),
    (select reference
     from (
        select nullif(b.body #>> array['metadata', p.metadata_key], '') as reference, b.body -> 'created' as created, o.id
        from objects o, lateral (select readable(o.body) as body offset 0) b
        where o.customer = p.customer and o.type = 'subscription' and o.livemode = p.livemode
            and o.stripe_account = p.stripe_account) as named
     where reference is not null
     order by created, id
     limit 1))
from unnest(@customer::text[], @livemode::boolean[], @stripe_account::text[], @metadata_key::text[])
    as p (customer, livemode, stripe_account, metadata_key)
