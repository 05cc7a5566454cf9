-- name: Want
-- What is pressing stays so until it is closed. An answer proves nothing about what is wanted after it.
insert into fetches (
    stripe_account, livemode, type, object_id, why, url, api_version, cause, changed_at, opened_at, wanted_at)
select *
from unnest(
    @stripe_account::text[], @livemode::boolean[], @type::text[], @object_id::text[], @why::text[], @url::text[],
    @api_version::text[], @cause::text[], @changed_at::timestamptz[], @opened_at::timestamptz[], @wanted_at::timestamptz[])
on conflict (object_id, type, livemode, stripe_account) where closed_at is null do update
set why = case when fetches.why in ('doubt', 'thin') then fetches.why else excluded.why end,
    url = coalesce(excluded.url, fetches.url), api_version = coalesce(excluded.api_version, fetches.api_version),
    cause = excluded.cause, changed_at = greatest(fetches.changed_at, excluded.changed_at),
    wanted_at = excluded.wanted_at, wanted = fetches.wanted + 1, looks = 0
returning id, wanted

-- name: Find
select id, stripe_account, livemode, type, object_id, why, url, api_version, cause, changed_at, opened_at, wanted_at, wanted,
    looks, waits
from fetches
where id = @id::bigint

-- name: Looked
update fetches
set looks = @looks::bigint, waits = 0
where id = @id::bigint

-- name: Waited
update fetches
set waits = waits + 1
where id = @id::bigint

-- name: Close
update fetches
set looks = @looks::bigint, closed_at = @closed_at::timestamptz, confirmed = @confirmed::boolean
where id = @id::bigint and closed_at is null

-- name: OldestOpen
select opened_at from fetches where closed_at is null order by opened_at limit 1

-- name: LatestConfirmed
select opened_at, closed_at
from (
    select opened_at, closed_at, confirmed
    from fetches
    where closed_at is not null
    order by closed_at desc
    limit @limit::bigint) as latest
where confirmed
