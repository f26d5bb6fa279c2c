with source as (

    select * from {{ source('raw', 'journal_entries') }}

),

renamed as (

    select
        administration_id,
        ledger_account_id,
        line_number,
        id as journal_entry_id,
        document_id,
        contact_id,
        project_id,
        tax_rate_id,
        financial_account_id,

        document_type,
        {{ text_or_null('description') }} as description,
        coalesce(line_source, 'reports') as line_source,

        amount,

        _deleted_at is not null as is_deleted,

        month_date,
        date as entry_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
