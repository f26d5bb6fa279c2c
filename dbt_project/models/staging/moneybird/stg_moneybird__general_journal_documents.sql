with source as (

    select * from {{ source('raw', 'general_journal_documents') }}

),

renamed as (

    select
        administration_id,
        id as general_journal_document_id,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        {{ text_or_null('journal_type') }} as journal_type,

        coalesce(journal_type = 'fiscal_year_ending', false) as is_year_ending,
        _deleted_at is not null as is_deleted,

        date as journal_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
