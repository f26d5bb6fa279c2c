with source as (

    select * from {{ source('raw', 'purchase_invoices') }}

),

renamed as (

    select
        administration_id,
        id as purchase_invoice_id,
        contact_id,
        entry_number,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('origin') }} as origin,
        {{ text_or_null('tax_number') }} as tax_number,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        exchange_rate,

        coalesce(state in ('new', 'saved'), false) as is_unprocessed,
        coalesce(revenue_invoice, false) as is_self_billed,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        _deleted_at is not null as is_deleted,

        date as invoice_date,
        due_date,
        paid_at as paid_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
