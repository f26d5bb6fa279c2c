with source as (

    select * from {{ source('raw', 'custom_fields') }}

),

renamed as (

    select
        administration_id,
        id as custom_field_id,

        {{ text_or_null('name') }} as custom_field_name,
        source as custom_field_source,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
