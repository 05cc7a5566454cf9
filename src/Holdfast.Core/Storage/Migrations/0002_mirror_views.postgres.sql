-- The mirror as typed columns, for people and their reports. Each view shows what the reader of its type reads
-- (src/Holdfast.Core/Mirror/Readers), under the same names and from every API version: where a field has moved, the
-- new path comes first. Moments are timestamptz, amounts bigint in the smallest unit of the currency, flags boolean,
-- metadata jsonb. What was deleted is left out.
--
-- The functions read a value as StripeJson does: missing, null and of another kind are all null, so that one odd
-- object cannot spoil a report on the others. Bodies after `return` are stored parsed, not as text: whoever reads a
-- view needs no search_path.
--
-- Each view calls readable in its from clause, where it runs once for a row and not once for a column.
--
-- customer, status and parent are columns of the table, so that a question by one of them is answered by an index.

create function text_at(object jsonb, variadic path text[]) returns text
language sql immutable parallel safe
return case jsonb_typeof(object #> path) when 'string' then object #>> path end;

-- Up to 18 digits, which is more than any amount and always fits.
create function number_at(object jsonb, variadic path text[]) returns bigint
language sql immutable parallel safe
return case
    when jsonb_typeof(object #> path) = 'number' and object #>> path ~ '^-?[0-9]{1,18}$' then (object #>> path)::bigint
end;

create function flag_at(object jsonb, variadic path text[]) returns boolean
language sql immutable parallel safe
return case jsonb_typeof(object #> path) when 'boolean' then (object #> path)::boolean end;

-- Of the years 1 to 9999, as the readers take them.
create function moment_at(object jsonb, variadic path text[]) returns timestamptz
language sql immutable parallel safe
return case
    when number_at(object, variadic path) between -62135596800 and 253402300799
        then to_timestamp(number_at(object, variadic path))
end;

-- An id is bare, or inside the whole object when that was expanded.
create function id_at(object jsonb, variadic path text[]) returns text
language sql immutable parallel safe
return coalesce(text_at(object, variadic path), text_at(object #> path, 'id'));

create function metadata_at(object jsonb, variadic path text[]) returns jsonb
language sql immutable parallel safe
return case jsonb_typeof(object #> path) when 'object' then object #> path else '{}' end;

-- The members of one of Stripe's lists, or of a bare array.
create function members_at(object jsonb, variadic path text[]) returns setof jsonb
language sql immutable parallel safe rows 5
return jsonb_array_elements(
    case
        when jsonb_typeof(object #> path) = 'array' then object #> path
        when jsonb_typeof(object #> path -> 'data') = 'array' then object #> path -> 'data'
    end);

-- The amounts of a list together; null when there are none, or when one member has none.
create function total_at(object jsonb, variadic path text[]) returns bigint
language sql immutable parallel safe
return (
    select case
        when bool_and(number_at(member, 'amount') is not null)
            then number_at(to_jsonb(sum(number_at(member, 'amount'))), variadic '{}')
    end
    from members_at(object, variadic path) as member);

create view customers as
select
    stripe_account,
    livemode,
    id,
    text_at(object, 'email') as email,
    text_at(object, 'name') as name,
    text_at(object, 'description') as description,
    text_at(object, 'currency') as currency,
    coalesce(number_at(object, 'balance'), number_at(object, 'account_balance'), 0) as balance,
    coalesce(flag_at(object, 'delinquent'), false) as is_delinquent,
    coalesce(
        id_at(object, 'invoice_settings', 'default_payment_method'),
        id_at(object, 'default_source')) as default_payment_method,
    text_at(object, 'discount', 'id') as discount_id,
    coalesce(
        id_at(object, 'discount', 'source', 'coupon'),
        id_at(object, 'discount', 'coupon')) as discount_coupon,
    moment_at(object, 'discount', 'end') as discount_ends_at,
    id_at(object, 'test_clock') is not null as is_on_test_clock,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'customer' and not deleted;

create view products as
select
    stripe_account,
    livemode,
    id,
    text_at(object, 'name') as name,
    text_at(object, 'description') as description,
    coalesce(flag_at(object, 'active'), false) as is_active,
    id_at(object, 'default_price') as default_price,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'product' and not deleted;

-- A plan or a SKU shares its id with the price that succeeded it; where both are held, the price is shown.
create view prices as
select
    stripe_account,
    livemode,
    id,
    id_at(object, 'product') as product,
    coalesce(flag_at(object, 'active'), false) as is_active,
    coalesce(
        text_at(object, 'type'),
        case when text_at(object, 'interval') is null then 'one_time' else 'recurring' end) as type,
    text_at(object, 'currency') as currency,
    coalesce(
        number_at(object, 'unit_amount'),
        number_at(object, 'amount'),
        number_at(object, 'price')) as unit_amount,
    substring(
        coalesce(text_at(object, 'unit_amount_decimal'), text_at(object, 'amount_decimal'))
        from '^[0-9]{1,18}(?:\.[0-9]{1,12})?$')::numeric as unit_amount_decimal,
    text_at(object, 'billing_scheme') as billing_scheme,
    coalesce(text_at(object, 'recurring', 'interval'), text_at(object, 'interval')) as interval,
    coalesce(number_at(object, 'recurring', 'interval_count'), number_at(object, 'interval_count')) as interval_count,
    coalesce(text_at(object, 'recurring', 'usage_type'), text_at(object, 'usage_type')) as usage_type,
    text_at(object, 'lookup_key') as lookup_key,
    text_at(object, 'nickname') as nickname,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where
    not deleted
    and (
        type = 'price'
        or type in ('plan', 'sku')
        and not exists (
            select 1
            from objects as price
            where
                price.id = objects.id
                and price.type = 'price'
                and price.livemode = objects.livemode
                and price.stripe_account = objects.stripe_account));

create view subscriptions as
select
    stripe_account,
    livemode,
    id,
    status,
    customer,
    coalesce(flag_at(object, 'items', 'has_more'), false) as has_more_items,
    coalesce(
        text_at(object, 'currency'),
        text_at(object, 'items', 'data', '0', 'price', 'currency'),
        text_at(object, 'items', 'data', '0', 'plan', 'currency')) as currency,
    coalesce(text_at(object, 'collection_method'), text_at(object, 'billing')) as collection_method,
    coalesce(id_at(object, 'default_payment_method'), id_at(object, 'default_source')) as default_payment_method,
    id_at(object, 'latest_invoice') as latest_invoice,
    id_at(object, 'schedule') as schedule,
    moment_at(object, 'created') as created_at,
    coalesce(moment_at(object, 'start_date'), moment_at(object, 'start')) as started_at,
    coalesce(
        (
            select min(coalesce(moment_at(item, 'current_period_end'), moment_at(object, 'current_period_end')))
            from members_at(object, 'items') as item),
        moment_at(object, 'current_period_end')) as current_period_ends_at,
    moment_at(object, 'trial_start') as trial_starts_at,
    moment_at(object, 'trial_end') as trial_ends_at,
    coalesce(flag_at(object, 'cancel_at_period_end'), false) as cancel_at_period_end,
    moment_at(object, 'cancel_at') as cancel_at,
    moment_at(object, 'canceled_at') as canceled_at,
    moment_at(object, 'ended_at') as ended_at,
    text_at(object, 'cancellation_details', 'reason') as cancellation_reason,
    text_at(object, 'pause_collection', 'behavior') as pause_collection_behavior,
    moment_at(object, 'pause_collection', 'resumes_at') as collection_resumes_at,
    text_at(object, 'status_details', 'paused', 'subscription', 'type') as paused_reason,
    id_at(object, 'test_clock') is not null as is_on_test_clock,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'subscription' and not deleted;

create view subscription_items as
select
    stripe_account,
    livemode,
    id as subscription,
    customer,
    status,
    text_at(item, 'id') as id,
    coalesce(id_at(item, 'price'), id_at(item, 'plan')) as price,
    coalesce(id_at(item, 'price', 'product'), id_at(item, 'plan', 'product')) as product,
    text_at(item, 'price', 'lookup_key') as lookup_key,
    coalesce(number_at(item, 'quantity'), 1) as quantity,
    coalesce(text_at(item, 'price', 'currency'), text_at(item, 'plan', 'currency')) as currency,
    coalesce(number_at(item, 'price', 'unit_amount'), number_at(item, 'plan', 'amount')) as unit_amount,
    coalesce(text_at(item, 'price', 'recurring', 'interval'), text_at(item, 'plan', 'interval')) as interval,
    coalesce(
        number_at(item, 'price', 'recurring', 'interval_count'),
        number_at(item, 'plan', 'interval_count')) as interval_count,
    coalesce(
        moment_at(item, 'current_period_start'),
        moment_at(object, 'current_period_start')) as current_period_starts_at,
    coalesce(
        moment_at(item, 'current_period_end'),
        moment_at(object, 'current_period_end')) as current_period_ends_at
from objects cross join lateral readable(body) as object cross join lateral members_at(object, 'items') as item
where type = 'subscription' and not deleted;

create view invoices as
select
    stripe_account,
    livemode,
    id,
    status,
    text_at(object, 'number') as number,
    customer,
    parent as subscription,
    case jsonb_typeof(object #> '{parent,subscription_details}')
        when 'object' then metadata_at(object, 'parent', 'subscription_details', 'metadata')
        else metadata_at(object, 'subscription_details', 'metadata')
    end as subscription_metadata,
    coalesce(id_at(payment, 'payment_intent'), id_at(object, 'payment_intent')) as payment_intent,
    coalesce(
        id_at(payment, 'charge'),
        id_at(payment, 'payment_intent', 'latest_charge'),
        id_at(object, 'charge')) as charge,
    text_at(object, 'billing_reason') as billing_reason,
    coalesce(text_at(object, 'collection_method'), text_at(object, 'billing')) as collection_method,
    text_at(object, 'currency') as currency,
    number_at(object, 'amount_due') as amount_due,
    number_at(object, 'amount_paid') as amount_paid,
    number_at(object, 'amount_remaining') as amount_remaining,
    number_at(object, 'subtotal') as subtotal,
    number_at(object, 'total') as total,
    coalesce(
        total_at(object, 'total_taxes'),
        number_at(object, 'tax'),
        total_at(object, 'total_tax_amounts')) as tax,
    coalesce(
        flag_at(object, 'paid_out_of_band'),
        number_at(object, 'amount_paid_off_stripe') > 0,
        false) as is_paid_out_of_band,
    coalesce(number_at(object, 'attempt_count'), 0) as attempt_count,
    moment_at(object, 'next_payment_attempt') as next_payment_attempt_at,
    text_at(object, 'last_finalization_error', 'message') as finalization_error,
    text_at(object, 'hosted_invoice_url') as hosted_invoice_url,
    coalesce(moment_at(object, 'created'), moment_at(object, 'date')) as created_at,
    moment_at(object, 'due_date') as due_at,
    coalesce(
        moment_at(object, 'status_transitions', 'finalized_at'),
        moment_at(object, 'finalized_at')) as finalized_at,
    moment_at(object, 'status_transitions', 'paid_at') as paid_at,
    moment_at(object, 'status_transitions', 'marked_uncollectible_at') as marked_uncollectible_at,
    moment_at(object, 'status_transitions', 'voided_at') as voided_at,
    coalesce(flag_at(object, 'lines', 'has_more'), false) as has_more_lines,
    metadata_at(object, 'metadata') as metadata
from objects
cross join lateral readable(body) as object
left join lateral (
    select entry -> 'payment' as payment
    from members_at(object, 'payments') with ordinality as payments (entry, place)
    order by coalesce(flag_at(entry, 'is_default'), false) desc, place
    limit 1) as default_payment on true
where type = 'invoice' and not deleted;

create view payments as
select
    stripe_account,
    livemode,
    id,
    case status
        when 'requires_source' then 'requires_payment_method'
        when 'requires_source_action' then 'requires_action'
        else status
    end as status,
    number_at(object, 'amount') as amount,
    coalesce(number_at(object, 'amount_capturable'), 0) as amount_capturable,
    coalesce(number_at(object, 'amount_received'), 0) as amount_received,
    text_at(object, 'currency') as currency,
    customer,
    parent as invoice,
    coalesce(id_at(object, 'payment_method'), id_at(object, 'source')) as payment_method,
    coalesce(id_at(object, 'latest_charge'), text_at(object, 'charges', 'data', '0', 'id')) as latest_charge,
    text_at(object, 'last_payment_error', 'type') as last_payment_error_type,
    text_at(object, 'last_payment_error', 'code') as last_payment_error_code,
    text_at(object, 'last_payment_error', 'decline_code') as last_payment_error_decline_code,
    text_at(object, 'last_payment_error', 'advice_code') as last_payment_error_advice_code,
    text_at(object, 'last_payment_error', 'message') as last_payment_error_message,
    coalesce(
        id_at(object, 'last_payment_error', 'payment_method'),
        id_at(object, 'last_payment_error', 'source')) as last_payment_error_payment_method,
    coalesce(text_at(object, 'next_action', 'type'), text_at(object, 'next_source_action', 'type')) as next_action,
    text_at(object, 'capture_method') as capture_method,
    text_at(object, 'setup_future_usage') as setup_future_usage,
    text_at(object, 'description') as description,
    moment_at(object, 'created') as created_at,
    moment_at(object, 'canceled_at') as canceled_at,
    text_at(object, 'cancellation_reason') as cancellation_reason,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'payment_intent' and not deleted;

create view setups as
select
    stripe_account,
    livemode,
    id,
    status,
    customer,
    id_at(object, 'payment_method') as payment_method,
    text_at(object, 'usage') as usage,
    text_at(object, 'last_setup_error', 'type') as last_setup_error_type,
    text_at(object, 'last_setup_error', 'code') as last_setup_error_code,
    text_at(object, 'last_setup_error', 'decline_code') as last_setup_error_decline_code,
    text_at(object, 'last_setup_error', 'advice_code') as last_setup_error_advice_code,
    text_at(object, 'last_setup_error', 'message') as last_setup_error_message,
    coalesce(
        id_at(object, 'last_setup_error', 'payment_method'),
        id_at(object, 'last_setup_error', 'source')) as last_setup_error_payment_method,
    text_at(object, 'next_action', 'type') as next_action,
    coalesce(id_at(object, 'mandate'), id_at(object, 'single_use_mandate')) as mandate,
    text_at(object, 'description') as description,
    moment_at(object, 'created') as created_at,
    text_at(object, 'cancellation_reason') as cancellation_reason,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'setup_intent' and not deleted;

create view charges as
select
    stripe_account,
    livemode,
    id,
    status,
    number_at(object, 'amount') as amount,
    coalesce(
        number_at(object, 'amount_captured'),
        case when flag_at(object, 'captured') then number_at(object, 'amount') else 0 end) as amount_captured,
    coalesce(number_at(object, 'amount_refunded'), 0) as amount_refunded,
    text_at(object, 'currency') as currency,
    customer,
    parent as payment_intent,
    id_at(object, 'invoice') as invoice,
    coalesce(id_at(object, 'payment_method'), id_at(object, 'source')) as payment_method,
    text_at(object, 'payment_method_details', 'type') as payment_method_type,
    text_at(object, 'payment_method_details', 'card', 'brand') as card_brand,
    text_at(object, 'payment_method_details', 'card', 'last4') as card_last4,
    id_at(object, 'balance_transaction') as balance_transaction,
    coalesce(flag_at(object, 'paid'), false) as is_paid,
    coalesce(flag_at(object, 'captured'), false) as is_captured,
    coalesce(flag_at(object, 'refunded'), false) as is_refunded,
    coalesce(flag_at(object, 'disputed'), id_at(object, 'dispute') is not null) as is_disputed,
    text_at(object, 'failure_code') as failure_code,
    text_at(object, 'failure_message') as failure_message,
    text_at(object, 'outcome', 'type') as outcome_type,
    text_at(object, 'outcome', 'network_status') as outcome_network_status,
    text_at(object, 'outcome', 'network_decline_code') as outcome_network_decline_code,
    text_at(object, 'outcome', 'advice_code') as outcome_advice_code,
    id_at(object, 'outcome', 'reason') as outcome_reason,
    text_at(object, 'outcome', 'risk_level') as outcome_risk_level,
    text_at(object, 'outcome', 'seller_message') as outcome_seller_message,
    text_at(object, 'description') as description,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'charge' and not deleted;

create view refunds as
select
    stripe_account,
    livemode,
    id,
    status,
    number_at(object, 'amount') as amount,
    text_at(object, 'currency') as currency,
    parent as charge,
    id_at(object, 'payment_intent') as payment_intent,
    text_at(object, 'reason') as reason,
    text_at(object, 'failure_reason') as failure_reason,
    text_at(object, 'pending_reason') as pending_reason,
    id_at(object, 'balance_transaction') as balance_transaction,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'refund' and not deleted;

create view disputes as
select
    stripe_account,
    livemode,
    id,
    status,
    text_at(object, 'reason') as reason,
    number_at(object, 'amount') as amount,
    text_at(object, 'currency') as currency,
    parent as charge,
    id_at(object, 'payment_intent') as payment_intent,
    coalesce(flag_at(object, 'is_charge_refundable'), false) as is_charge_refundable,
    moment_at(object, 'evidence_details', 'due_by') as evidence_due_at,
    coalesce(flag_at(object, 'evidence_details', 'has_evidence'), false) as has_evidence,
    coalesce(flag_at(object, 'evidence_details', 'past_due'), false) as is_evidence_past_due,
    moment_at(object, 'created') as created_at,
    metadata_at(object, 'metadata') as metadata
from objects cross join lateral readable(body) as object
where type = 'dispute' and not deleted;

create view checkout_sessions as
select
    stripe_account,
    livemode,
    id,
    text_at(object, 'mode') as mode,
    status,
    text_at(object, 'payment_status') as payment_status,
    case text_at(object, 'ui_mode')
        when 'hosted' then 'hosted_page'
        when 'embedded' then 'embedded_page'
        when 'custom' then 'elements'
        else text_at(object, 'ui_mode')
    end as ui_mode,
    text_at(object, 'client_reference_id') as client_reference_id,
    customer,
    coalesce(text_at(object, 'customer_details', 'email'), text_at(object, 'customer_email')) as customer_email,
    id_at(object, 'subscription') as subscription,
    id_at(object, 'payment_intent') as payment_intent,
    id_at(object, 'setup_intent') as setup_intent,
    id_at(object, 'invoice') as invoice,
    id_at(object, 'payment_link') as payment_link,
    number_at(object, 'amount_total') as amount_total,
    text_at(object, 'currency') as currency,
    text_at(shipping, 'name') as shipping_name,
    text_at(shipping, 'address', 'line1') as shipping_line1,
    text_at(shipping, 'address', 'line2') as shipping_line2,
    text_at(shipping, 'address', 'postal_code') as shipping_postal_code,
    text_at(shipping, 'address', 'city') as shipping_city,
    text_at(shipping, 'address', 'state') as shipping_state,
    text_at(shipping, 'address', 'country') as shipping_country,
    coalesce(flag_at(object, 'line_items', 'has_more'), false) as has_more_line_items,
    moment_at(object, 'created') as created_at,
    moment_at(object, 'expires_at') as expires_at,
    metadata_at(object, 'metadata') as metadata
from objects
cross join lateral readable(body) as object
cross join lateral (
    select coalesce(
        nullif(object #> '{collected_information,shipping_details}', 'null'),
        nullif(object -> 'shipping_details', 'null'),
        nullif(object -> 'shipping', 'null')) as shipping) as shipped
where type = 'checkout.session' and not deleted;
