with source as (

    select * from {{ source('raw_history', 'ledger_accounts') }}

),

renamed as (

    select
        administration_id,
        id as ledger_account_id,
        parent_id as parent_ledger_account_id,

        {{ text_or_null('name') }} as account_name,
        {{ text_or_null('account_id') }} as account_number,
        account_type,
        {{ text_or_null('taxonomy_version') }} as rgs_version,
        {{ text_or_null('taxonomy_code') }} as rgs_code,

        coalesce(active, true) as is_active,
        _deleted_at is not null as is_deleted,

        _valid_from as valid_from_at,
        _valid_to as valid_to_at

    from source

)

select * from renamed
