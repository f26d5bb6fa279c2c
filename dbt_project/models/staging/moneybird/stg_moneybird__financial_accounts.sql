with source as (

    select * from {{ source('raw', 'financial_accounts') }}

),

renamed as (

    select
        administration_id,
        id as financial_account_id,

        {{ text_or_null('name') }} as financial_account_name,
        type as financial_account_type,
        {{ text_or_null('identifier') }} as account_number,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('provider') }} as provider,

        coalesce(active, true) as is_active,
        coalesce(moneybird_account, false) as is_moneybird_account,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
