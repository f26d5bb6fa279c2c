with recurring_invoices as (

    select * from {{ ref('stg_moneybird__recurring_sales_invoices') }}
    where not is_deleted

),

subscriptions as (

    select * from {{ ref('stg_moneybird__recurring_sales_invoices__subscription') }}
    where not is_deleted and line_position = 1

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

final as (

    select
        {{ entity_key('recurring_invoices.recurring_sales_invoice_id', 'recurring_invoices.administration_id') }}
            as recurring_invoice_key,
        recurring_invoices.administration_id,
        recurring_invoices.recurring_sales_invoice_id,
        {{ member_key('recurring_invoices.contact_id', 'recurring_invoices.administration_id') }} as contact_key,
        {{ contact_version_key('recurring_invoices') }} as contact_version_key,
        recurring_invoices.reference,
        recurring_invoices.frequency_type,
        recurring_invoices.frequency,
        recurring_invoices.start_date,
        recurring_invoices.next_invoice_date,
        recurring_invoices.last_date,
        recurring_invoices.currency_code,
        recurring_invoices.total_excl_amount,
        recurring_invoices.tax_amount,
        recurring_invoices.total_incl_amount,
        recurring_invoices.total_excl_base_amount,
        recurring_invoices.tax_base_amount,
        recurring_invoices.total_incl_base_amount,
        recurring_invoices.is_active,
        recurring_invoices.is_sent_automatically,
        subscriptions.subscription_id is not null as has_subscription,
        subscriptions.subscription_id,
        {{ member_key('subscriptions.product_id', 'recurring_invoices.administration_id') }}
            as subscription_product_key,
        subscriptions.reference as subscription_reference,
        subscriptions.frequency_type as subscription_frequency_type,
        subscriptions.frequency as subscription_frequency,
        subscriptions.start_date as subscription_start_date,
        subscriptions.end_date as subscription_end_date,
        subscriptions.cancelled_at as subscription_cancelled_at,
        recurring_invoices.updated_at,
        recurring_invoices._changed_at

    from recurring_invoices
    left join subscriptions
        on
            recurring_invoices.administration_id = subscriptions.administration_id
            and recurring_invoices.recurring_sales_invoice_id = subscriptions.recurring_sales_invoice_id
    left join contact_versions
        on {{ contact_version_is_valid('recurring_invoices', 'recurring_invoices.start_date') }}

)

select * from final
