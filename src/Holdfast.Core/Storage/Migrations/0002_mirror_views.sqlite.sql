-- The mirror as typed columns, for people and their reports. Each view shows what the reader of its type reads
-- (src/Holdfast.Core/Mirror/Readers), under the same names and from every API version: where a field has moved, the new
-- path comes first. An id is bare, or inside the whole object when that was expanded. Moments are UTC text, amounts
-- integers in the smallest unit of the currency, flags 0 or 1. What was deleted is left out.
--
-- ->> is used for objects too: unlike ->, it gives SQL's null for JSON's null, so that coalesce goes on.
--
-- customer, status and parent are columns of the table, so that a question by one of them is answered by an index.

create view customers as
select
    stripe_account,
    livemode,
    id,
    body ->> '$.email' as email,
    body ->> '$.name' as name,
    body ->> '$.description' as description,
    body ->> '$.currency' as currency,
    coalesce(body ->> '$.balance', body ->> '$.account_balance', 0) as balance,
    coalesce(body ->> '$.delinquent', 0) as is_delinquent,
    coalesce(
        body ->> '$.invoice_settings.default_payment_method.id',
        body ->> '$.invoice_settings.default_payment_method',
        body ->> '$.default_source.id',
        body ->> '$.default_source') as default_payment_method,
    body ->> '$.discount.id' as discount_id,
    coalesce(
        body ->> '$.discount.source.coupon.id',
        body ->> '$.discount.source.coupon',
        body ->> '$.discount.coupon.id',
        body ->> '$.discount.coupon') as discount_coupon,
    datetime(body ->> '$.discount.end', 'unixepoch') as discount_ends_at,
    body ->> '$.test_clock' is not null as is_on_test_clock,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'customer' and deleted = 0;

create view products as
select
    stripe_account,
    livemode,
    id,
    body ->> '$.name' as name,
    body ->> '$.description' as description,
    coalesce(body ->> '$.active', 0) as is_active,
    coalesce(body ->> '$.default_price.id', body ->> '$.default_price') as default_price,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'product' and deleted = 0;

-- A plan or a SKU shares its id with the price that succeeded it; where both are held, the price is shown.
create view prices as
select
    stripe_account,
    livemode,
    id,
    coalesce(body ->> '$.product.id', body ->> '$.product') as product,
    coalesce(body ->> '$.active', 0) as is_active,
    coalesce(body ->> '$.type', iif(body ->> '$.interval' is null, 'one_time', 'recurring')) as type,
    body ->> '$.currency' as currency,
    coalesce(body ->> '$.unit_amount', body ->> '$.amount', body ->> '$.price') as unit_amount,
    coalesce(body ->> '$.unit_amount_decimal', body ->> '$.amount_decimal') as unit_amount_decimal,
    body ->> '$.billing_scheme' as billing_scheme,
    coalesce(body ->> '$.recurring.interval', body ->> '$.interval') as interval,
    coalesce(body ->> '$.recurring.interval_count', body ->> '$.interval_count') as interval_count,
    coalesce(body ->> '$.recurring.usage_type', body ->> '$.usage_type') as usage_type,
    body ->> '$.lookup_key' as lookup_key,
    body ->> '$.nickname' as nickname,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where
    deleted = 0
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
    coalesce(body ->> '$.items.has_more', 0) as has_more_items,
    coalesce(
        body ->> '$.currency',
        body ->> '$.items.data[0].price.currency',
        body ->> '$.items.data[0].plan.currency') as currency,
    coalesce(body ->> '$.collection_method', body ->> '$.billing') as collection_method,
    coalesce(
        body ->> '$.default_payment_method.id',
        body ->> '$.default_payment_method',
        body ->> '$.default_source.id',
        body ->> '$.default_source') as default_payment_method,
    coalesce(body ->> '$.latest_invoice.id', body ->> '$.latest_invoice') as latest_invoice,
    coalesce(body ->> '$.schedule.id', body ->> '$.schedule') as schedule,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    datetime(coalesce(body ->> '$.start_date', body ->> '$.start'), 'unixepoch') as started_at,
    datetime(
        coalesce(
            (
                select min(coalesce(item.value ->> '$.current_period_end', body ->> '$.current_period_end'))
                from json_each(body, '$.items.data') as item),
            body ->> '$.current_period_end'),
        'unixepoch') as current_period_ends_at,
    datetime(body ->> '$.trial_start', 'unixepoch') as trial_starts_at,
    datetime(body ->> '$.trial_end', 'unixepoch') as trial_ends_at,
    coalesce(body ->> '$.cancel_at_period_end', 0) as cancel_at_period_end,
    datetime(body ->> '$.cancel_at', 'unixepoch') as cancel_at,
    datetime(body ->> '$.canceled_at', 'unixepoch') as canceled_at,
    datetime(body ->> '$.ended_at', 'unixepoch') as ended_at,
    body ->> '$.cancellation_details.reason' as cancellation_reason,
    body ->> '$.pause_collection.behavior' as pause_collection_behavior,
    datetime(body ->> '$.pause_collection.resumes_at', 'unixepoch') as collection_resumes_at,
    body ->> '$.status_details.paused.subscription.type' as paused_reason,
    body ->> '$.test_clock' is not null as is_on_test_clock,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'subscription' and deleted = 0;

create view subscription_items as
select
    objects.stripe_account,
    objects.livemode,
    objects.id as subscription,
    objects.customer,
    objects.status,
    item.value ->> '$.id' as id,
    coalesce(
        item.value ->> '$.price.id',
        item.value ->> '$.price',
        item.value ->> '$.plan.id',
        item.value ->> '$.plan') as price,
    coalesce(
        item.value ->> '$.price.product.id',
        item.value ->> '$.price.product',
        item.value ->> '$.plan.product.id',
        item.value ->> '$.plan.product') as product,
    item.value ->> '$.price.lookup_key' as lookup_key,
    coalesce(item.value ->> '$.quantity', 1) as quantity,
    coalesce(item.value ->> '$.price.currency', item.value ->> '$.plan.currency') as currency,
    coalesce(item.value ->> '$.price.unit_amount', item.value ->> '$.plan.amount') as unit_amount,
    coalesce(item.value ->> '$.price.recurring.interval', item.value ->> '$.plan.interval') as interval,
    coalesce(
        item.value ->> '$.price.recurring.interval_count',
        item.value ->> '$.plan.interval_count') as interval_count,
    datetime(
        coalesce(item.value ->> '$.current_period_start', objects.body ->> '$.current_period_start'),
        'unixepoch') as current_period_starts_at,
    datetime(
        coalesce(item.value ->> '$.current_period_end', objects.body ->> '$.current_period_end'),
        'unixepoch') as current_period_ends_at
from objects, json_each(objects.body, '$.items.data') as item
where objects.type = 'subscription' and objects.deleted = 0;

create view invoices as
select
    stripe_account,
    livemode,
    id,
    status,
    body ->> '$.number' as number,
    customer,
    parent as subscription,
    coalesce(
        body ->> '$.parent.subscription_details.metadata',
        body ->> '$.subscription_details.metadata',
        '{}') as subscription_metadata,
    coalesce(
        (
            select coalesce(entry.value ->> '$.payment.payment_intent.id', entry.value ->> '$.payment.payment_intent')
            from json_each(body, '$.payments.data') as entry
            order by coalesce(entry.value ->> '$.is_default', 0) desc, entry.key
            limit 1),
        body ->> '$.payment_intent.id',
        body ->> '$.payment_intent') as payment_intent,
    coalesce(
        (
            select coalesce(
                entry.value ->> '$.payment.charge.id',
                entry.value ->> '$.payment.charge',
                entry.value ->> '$.payment.payment_intent.latest_charge.id',
                entry.value ->> '$.payment.payment_intent.latest_charge')
            from json_each(body, '$.payments.data') as entry
            order by coalesce(entry.value ->> '$.is_default', 0) desc, entry.key
            limit 1),
        body ->> '$.charge.id',
        body ->> '$.charge') as charge,
    body ->> '$.billing_reason' as billing_reason,
    coalesce(body ->> '$.collection_method', body ->> '$.billing') as collection_method,
    body ->> '$.currency' as currency,
    body ->> '$.amount_due' as amount_due,
    body ->> '$.amount_paid' as amount_paid,
    body ->> '$.amount_remaining' as amount_remaining,
    body ->> '$.subtotal' as subtotal,
    body ->> '$.total' as total,
    coalesce(
        (select sum(tax.value ->> '$.amount') from json_each(body, '$.total_taxes') as tax),
        body ->> '$.tax',
        (select sum(tax.value ->> '$.amount') from json_each(body, '$.total_tax_amounts') as tax)) as tax,
    coalesce(body ->> '$.paid_out_of_band', body ->> '$.amount_paid_off_stripe' > 0, 0) as is_paid_out_of_band,
    coalesce(body ->> '$.attempt_count', 0) as attempt_count,
    datetime(body ->> '$.next_payment_attempt', 'unixepoch') as next_payment_attempt_at,
    body ->> '$.last_finalization_error.message' as finalization_error,
    body ->> '$.hosted_invoice_url' as hosted_invoice_url,
    datetime(coalesce(body ->> '$.created', body ->> '$.date'), 'unixepoch') as created_at,
    datetime(body ->> '$.due_date', 'unixepoch') as due_at,
    datetime(
        coalesce(body ->> '$.status_transitions.finalized_at', body ->> '$.finalized_at'),
        'unixepoch') as finalized_at,
    datetime(body ->> '$.status_transitions.paid_at', 'unixepoch') as paid_at,
    datetime(body ->> '$.status_transitions.marked_uncollectible_at', 'unixepoch') as marked_uncollectible_at,
    datetime(body ->> '$.status_transitions.voided_at', 'unixepoch') as voided_at,
    coalesce(body ->> '$.lines.has_more', 0) as has_more_lines,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'invoice' and deleted = 0;

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
    body ->> '$.amount' as amount,
    coalesce(body ->> '$.amount_capturable', 0) as amount_capturable,
    coalesce(body ->> '$.amount_received', 0) as amount_received,
    body ->> '$.currency' as currency,
    customer,
    parent as invoice,
    coalesce(
        body ->> '$.payment_method.id',
        body ->> '$.payment_method',
        body ->> '$.source.id',
        body ->> '$.source') as payment_method,
    coalesce(
        body ->> '$.latest_charge.id',
        body ->> '$.latest_charge',
        body ->> '$.charges.data[0].id') as latest_charge,
    body ->> '$.last_payment_error.type' as last_payment_error_type,
    body ->> '$.last_payment_error.code' as last_payment_error_code,
    body ->> '$.last_payment_error.decline_code' as last_payment_error_decline_code,
    body ->> '$.last_payment_error.advice_code' as last_payment_error_advice_code,
    body ->> '$.last_payment_error.message' as last_payment_error_message,
    coalesce(
        body ->> '$.last_payment_error.payment_method.id',
        body ->> '$.last_payment_error.payment_method',
        body ->> '$.last_payment_error.source.id',
        body ->> '$.last_payment_error.source') as last_payment_error_payment_method,
    coalesce(body ->> '$.next_action.type', body ->> '$.next_source_action.type') as next_action,
    body ->> '$.capture_method' as capture_method,
    body ->> '$.setup_future_usage' as setup_future_usage,
    body ->> '$.description' as description,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    datetime(body ->> '$.canceled_at', 'unixepoch') as canceled_at,
    body ->> '$.cancellation_reason' as cancellation_reason,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'payment_intent' and deleted = 0;

create view setups as
select
    stripe_account,
    livemode,
    id,
    status,
    customer,
    coalesce(body ->> '$.payment_method.id', body ->> '$.payment_method') as payment_method,
    body ->> '$.usage' as usage,
    body ->> '$.last_setup_error.type' as last_setup_error_type,
    body ->> '$.last_setup_error.code' as last_setup_error_code,
    body ->> '$.last_setup_error.decline_code' as last_setup_error_decline_code,
    body ->> '$.last_setup_error.advice_code' as last_setup_error_advice_code,
    body ->> '$.last_setup_error.message' as last_setup_error_message,
    coalesce(
        body ->> '$.last_setup_error.payment_method.id',
        body ->> '$.last_setup_error.payment_method',
        body ->> '$.last_setup_error.source.id',
        body ->> '$.last_setup_error.source') as last_setup_error_payment_method,
    body ->> '$.next_action.type' as next_action,
    coalesce(
        body ->> '$.mandate.id',
        body ->> '$.mandate',
        body ->> '$.single_use_mandate.id',
        body ->> '$.single_use_mandate') as mandate,
    body ->> '$.description' as description,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    body ->> '$.cancellation_reason' as cancellation_reason,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'setup_intent' and deleted = 0;

create view charges as
select
    stripe_account,
    livemode,
    id,
    status,
    body ->> '$.amount' as amount,
    coalesce(
        body ->> '$.amount_captured',
        iif(body ->> '$.captured', body ->> '$.amount', 0)) as amount_captured,
    coalesce(body ->> '$.amount_refunded', 0) as amount_refunded,
    body ->> '$.currency' as currency,
    customer,
    parent as payment_intent,
    coalesce(body ->> '$.invoice.id', body ->> '$.invoice') as invoice,
    coalesce(
        body ->> '$.payment_method.id',
        body ->> '$.payment_method',
        body ->> '$.source.id',
        body ->> '$.source') as payment_method,
    body ->> '$.payment_method_details.type' as payment_method_type,
    body ->> '$.payment_method_details.card.brand' as card_brand,
    body ->> '$.payment_method_details.card.last4' as card_last4,
    coalesce(body ->> '$.balance_transaction.id', body ->> '$.balance_transaction') as balance_transaction,
    coalesce(body ->> '$.paid', 0) as is_paid,
    coalesce(body ->> '$.captured', 0) as is_captured,
    coalesce(body ->> '$.refunded', 0) as is_refunded,
    coalesce(body ->> '$.disputed', body ->> '$.dispute' is not null) as is_disputed,
    body ->> '$.failure_code' as failure_code,
    body ->> '$.failure_message' as failure_message,
    body ->> '$.outcome.type' as outcome_type,
    body ->> '$.outcome.network_status' as outcome_network_status,
    body ->> '$.outcome.network_decline_code' as outcome_network_decline_code,
    body ->> '$.outcome.advice_code' as outcome_advice_code,
    coalesce(body ->> '$.outcome.reason.id', body ->> '$.outcome.reason') as outcome_reason,
    body ->> '$.outcome.risk_level' as outcome_risk_level,
    body ->> '$.outcome.seller_message' as outcome_seller_message,
    body ->> '$.description' as description,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'charge' and deleted = 0;

create view refunds as
select
    stripe_account,
    livemode,
    id,
    status,
    body ->> '$.amount' as amount,
    body ->> '$.currency' as currency,
    parent as charge,
    coalesce(body ->> '$.payment_intent.id', body ->> '$.payment_intent') as payment_intent,
    body ->> '$.reason' as reason,
    body ->> '$.failure_reason' as failure_reason,
    body ->> '$.pending_reason' as pending_reason,
    coalesce(body ->> '$.balance_transaction.id', body ->> '$.balance_transaction') as balance_transaction,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'refund' and deleted = 0;

create view disputes as
select
    stripe_account,
    livemode,
    id,
    status,
    body ->> '$.reason' as reason,
    body ->> '$.amount' as amount,
    body ->> '$.currency' as currency,
    parent as charge,
    coalesce(body ->> '$.payment_intent.id', body ->> '$.payment_intent') as payment_intent,
    coalesce(body ->> '$.is_charge_refundable', 0) as is_charge_refundable,
    datetime(body ->> '$.evidence_details.due_by', 'unixepoch') as evidence_due_at,
    coalesce(body ->> '$.evidence_details.has_evidence', 0) as has_evidence,
    coalesce(body ->> '$.evidence_details.past_due', 0) as is_evidence_past_due,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from objects
where type = 'dispute' and deleted = 0;

create view checkout_sessions as
select
    stripe_account,
    livemode,
    id,
    body ->> '$.mode' as mode,
    status,
    body ->> '$.payment_status' as payment_status,
    case body ->> '$.ui_mode'
        when 'hosted' then 'hosted_page'
        when 'embedded' then 'embedded_page'
        when 'custom' then 'elements'
        else body ->> '$.ui_mode'
    end as ui_mode,
    body ->> '$.client_reference_id' as client_reference_id,
    customer,
    coalesce(body ->> '$.customer_details.email', body ->> '$.customer_email') as customer_email,
    coalesce(body ->> '$.subscription.id', body ->> '$.subscription') as subscription,
    coalesce(body ->> '$.payment_intent.id', body ->> '$.payment_intent') as payment_intent,
    coalesce(body ->> '$.setup_intent.id', body ->> '$.setup_intent') as setup_intent,
    coalesce(body ->> '$.invoice.id', body ->> '$.invoice') as invoice,
    coalesce(body ->> '$.payment_link.id', body ->> '$.payment_link') as payment_link,
    body ->> '$.amount_total' as amount_total,
    body ->> '$.currency' as currency,
    shipping ->> '$.name' as shipping_name,
    shipping ->> '$.address.line1' as shipping_line1,
    shipping ->> '$.address.line2' as shipping_line2,
    shipping ->> '$.address.postal_code' as shipping_postal_code,
    shipping ->> '$.address.city' as shipping_city,
    shipping ->> '$.address.state' as shipping_state,
    shipping ->> '$.address.country' as shipping_country,
    coalesce(body ->> '$.line_items.has_more', 0) as has_more_line_items,
    datetime(body ->> '$.created', 'unixepoch') as created_at,
    datetime(body ->> '$.expires_at', 'unixepoch') as expires_at,
    coalesce(body ->> '$.metadata', '{}') as metadata
from (
    select
        stripe_account,
        livemode,
        id,
        status,
        customer,
        body,
        coalesce(
            body ->> '$.collected_information.shipping_details',
            body ->> '$.shipping_details',
            body ->> '$.shipping') as shipping
    from objects
    where type = 'checkout.session' and deleted = 0);
