with source as (

    select * from {{ source('raw', 'contacts__contact_people') }}

),

renamed as (

    select
        administration_id,
        contact_id,
        row_number as line_position,
        id as contact_person_id,
        version as record_version,

        {{ text_or_null('firstname') }} as firstname,
        {{ text_or_null('lastname') }} as lastname,
        {{ text_or_null('phone') }} as phone,
        {{ text_or_null('email') }} as email,
        {{ text_or_null('department') }} as department,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
