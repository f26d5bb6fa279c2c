with source as (

    select * from {{ source('raw', 'typeless_documents') }}

),

renamed as (

    select
        administration_id,
        id as typeless_document_id,
        contact_id,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('origin') }} as origin,

        _deleted_at is not null as is_deleted,

        date as document_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
