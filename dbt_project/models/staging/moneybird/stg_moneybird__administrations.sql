with source as (

    select * from {{ source('raw', 'administrations') }}

),

renamed as (

    select
        id as administration_id,

        {{ text_or_null('name') }} as administration_name,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('country') }} as country_code,
        coalesce({{ text_or_null('time_zone') }}, 'Europe/Amsterdam') as time_zone,
        {{ text_or_null('access') }} as access_kind,

        coalesce(suspended, false) as is_suspended,
        _deleted_at is not null as is_deleted,

        period_start_date,
        period_locked_until as period_locked_until_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
