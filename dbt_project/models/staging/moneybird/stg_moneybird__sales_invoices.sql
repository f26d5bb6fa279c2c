{#- A draft holds its contact as it is, and does not change with it: only what is sent is frozen. -#}
{%- set is_sent = "coalesce(state not in ('draft', 'scheduled'), true)" -%}
with source as (

    select * from {{ source('raw', 'sales_invoices') }}

),

renamed as (

    select
        administration_id,
        id as sales_invoice_id,
        contact_id,
        contact_person_id,
        original_sales_invoice_id,
        original_estimate_id,
        recurring_sales_invoice_id,
        subscription_id,
        workflow_id,
        document_style_id,
        identity_id,
        draft_id,
        version as record_version,

        {{ text_or_null('invoice_id') }} as invoice_number,
        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('payment_conditions') }} as payment_conditions,
        {{ text_or_null('payment_reference') }} as payment_reference,
        {{ text_or_null('short_payment_reference') }} as short_payment_reference,
        case when {{ is_sent }} then {{ text_or_null('contact_company_name') }} end as sent_company_name,
        case when {{ is_sent }} then {{ text_or_null('contact_country') }} end as sent_country_code,
        case when {{ is_sent }} then {{ text_or_null('contact_tax_number') }} end as sent_tax_number,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        total_discount as total_discount_amount,
        total_paid as total_paid_amount,
        discount as discount_percentage,
        reminder_count,

        not {{ is_sent }} as is_draft,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        coalesce(paused, false) as is_reminding_paused,
        case when {{ is_sent }} then contact_tax_number_valid end as is_sent_tax_number_valid,
        _deleted_at is not null as is_deleted,

        invoice_date,
        due_date,
        sent_at as sent_date,
        next_reminder as next_reminder_date,
        marked_dubious_on as marked_dubious_date,
        marked_uncollectible_on as marked_uncollectible_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
