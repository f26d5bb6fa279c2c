{{ config(alias='stg_moneybird__general_journal_document_entries') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

with source as (

    select * from {{ source('raw', 'general_journal_documents__general_journal_document_entries') }}

),

renamed as (

    select
        administration_id,
        general_journal_document_id,
        row_number as line_position,
        id as general_journal_document_entry_id,
        ledger_account_id,
        project_id,
        contact_id,
        row_order,

        {{ text_or_null('description') }} as description,

        coalesce(debit, 0) as debit_amount,
        coalesce(credit, 0) as credit_amount,
        coalesce(debit, 0) - coalesce(credit, 0) as amount,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
