with source as (

    select * from {{ source('raw', 'document_styles') }}

),

renamed as (

    select
        administration_id,
        id as document_style_id,
        identity_id,

        {{ text_or_null('name') }} as document_style_name,
        paper_size,

        coalesce(is_default, false) as is_default,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
