-- name: ById
select id, stripe_account, livemode, reference, created_at
from accounts
where id = @id

-- name: ByReference
select id, stripe_account, livemode, reference, created_at
from accounts
where reference = @reference and livemode = @livemode and stripe_account = @stripe_account

-- name: ByPayer
select a.id, a.stripe_account, a.livemode, a.reference, a.created_at, c.customer
from account_customers c
join accounts a on a.id = c.account
where c.customer = @customer and c.livemode = @livemode and c.stripe_account = @stripe_account

-- name: ByEmail
select distinct a.id, a.stripe_account, a.livemode, a.reference, a.created_at
from objects o
join account_customers c
    on c.customer = o.id and c.livemode = o.livemode and c.stripe_account = o.stripe_account
join accounts a on a.id = c.account
where lower(o.body ->> '$.email') = lower(@email) and o.type = 'customer' and o.deleted = 0
    and o.livemode = @livemode and o.stripe_account = @stripe_account
order by a.id
limit 10

-- name: Customers
select customer
from account_customers
where account = @account
order by customer
limit 1000

-- name: Add
insert into accounts (stripe_account, livemode, reference, created_at)
values (@stripe_account, @livemode, @reference, @created_at)
returning id, stripe_account, livemode, reference, created_at

-- name: AddMissing
insert into accounts (stripe_account, livemode, reference, created_at)
values (@stripe_account, @livemode, @reference, @created_at)
on conflict (reference, livemode, stripe_account) where reference is not null do nothing

-- name: Tie
insert into account_customers (customer, livemode, stripe_account, account)
values (@customer, @livemode, @stripe_account, @account)
on conflict (customer, livemode, stripe_account) do update set account = excluded.account

-- name: SetReference
update accounts set reference = @reference where id = @id and reference is null

-- name: DropIfEmpty
delete from accounts
where id = @id and not exists (select 1 from account_customers where account = @id)

-- name: ReferenceOf
-- The customer's own metadata speaks first, because the application can correct it; then the earliest checkout that
-- named a reference, then the earliest subscription. An empty text names nobody.
select @stripe_account, @livemode, @customer, coalesce(
    (select nullif(json_extract(body, '$.metadata."' || @metadata_key || '"'), '')
     from objects
     where id = @customer and type = 'customer' and livemode = @livemode and stripe_account = @stripe_account),
    (select coalesce(
        nullif(body ->> '$.client_reference_id', ''),
        nullif(json_extract(body, '$.metadata."' || @metadata_key || '"'), '')) as reference
     from objects
     where customer = @customer and type = 'checkout.session' and livemode = @livemode
        and stripe_account = @stripe_account and reference is not null
     order by body ->> '$.created', id
     limit 1),
    (select nullif(json_extract(body, '$.metadata."' || @metadata_key || '"'), '') as reference
     from objects
     where customer = @customer and type = 'subscription' and livemode = @livemode
        and stripe_account = @stripe_account and reference is not null
     order by body ->> '$.created', id
     limit 1))
