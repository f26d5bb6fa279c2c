with source as (

    select * from {{ source('raw', 'external_sales_invoices') }}

),

renamed as (

    select
        administration_id,
        id as external_sales_invoice_id,
        contact_id,
        entry_number,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('origin') }} as origin,
        {{ text_or_null('source') }} as source_name,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        total_paid as total_paid_amount,

        coalesce(state = 'new', false) as is_new,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        _deleted_at is not null as is_deleted,

        date as invoice_date,
        due_date,
        marked_dubious_on as marked_dubious_date,
        marked_uncollectible_on as marked_uncollectible_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
