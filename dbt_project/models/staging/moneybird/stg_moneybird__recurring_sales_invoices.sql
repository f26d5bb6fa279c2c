with source as (

    select * from {{ source('raw', 'recurring_sales_invoices') }}

),

renamed as (

    select
        administration_id,
        id as recurring_sales_invoice_id,
        contact_id,
        contact_person_id,
        workflow_id,
        sending_scheduled_user_id,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('payment_conditions') }} as payment_conditions,
        frequency_type,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        discount as discount_percentage,
        frequency,
        first_due_interval as due_days,

        coalesce(active, false) as is_active,
        coalesce(auto_send, false) as is_sent_automatically,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        _deleted_at is not null as is_deleted,

        start_date,
        invoice_date as next_invoice_date,
        last_date,

        sending_scheduled_at,
        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
