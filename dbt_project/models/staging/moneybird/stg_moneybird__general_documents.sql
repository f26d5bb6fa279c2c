with source as (

    select * from {{ source('raw', 'general_documents') }}

),

renamed as (

    select
        administration_id,
        id as general_document_id,
        contact_id,
        entry_number,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        state,

        exchange_rate,

        _deleted_at is not null as is_deleted,

        date as document_date,
        due_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
