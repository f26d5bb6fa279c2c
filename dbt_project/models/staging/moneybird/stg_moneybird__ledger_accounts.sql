with source as (

    select * from {{ source('raw', 'ledger_accounts') }}

),

renamed as (

    select
        administration_id,
        id as ledger_account_id,
        parent_id as parent_ledger_account_id,
        financial_account_id,

        {{ text_or_null('name') }} as account_name,
        {{ text_or_null('account_id') }} as account_number,
        account_type,
        {{ text_or_null('taxonomy_version') }} as rgs_version,
        {{ text_or_null('taxonomy_code') }} as rgs_code,
        {{ text_or_null('taxonomy_name') }} as rgs_name,
        {{ text_or_null('taxonomy_name_english') }} as rgs_name_english,
        {{ text_or_null('taxonomy_reference') }} as rgs_reference,
        {{ json_list_text('allowed_document_types') }} as allowed_document_types,

        coalesce(active, true) as is_active,
        {{ json_list_holds('allowed_document_types', 'sales_invoice') }} as is_sales_invoice_allowed,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
