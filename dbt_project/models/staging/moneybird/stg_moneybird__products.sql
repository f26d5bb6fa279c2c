with source as (

    select * from {{ source('raw', 'products') }}

),

renamed as (

    select
        administration_id,
        id as product_id,
        tax_rate_id,
        ledger_account_id,

        {{ text_or_null('identifier') }} as product_code,
        {{ text_or_null('title') }} as product_name,
        {{ text_or_null('description') }} as description,
        {{ text_or_null('currency') }} as currency_code,
        frequency_type,

        price as unit_price,
        frequency,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
