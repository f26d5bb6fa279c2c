with source as (

    select * from {{ source('raw', 'users') }}

),

renamed as (

    select
        administration_id,
        id as user_id,

        {{ text_or_null('name') }} as user_name,
        {{ text_or_null('email') }} as email,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('time_zone') }} as time_zone,
        user_type,
        {{ json_list_text('permissions') }} as permissions,

        coalesce(email_validated, false) as is_email_validated,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
