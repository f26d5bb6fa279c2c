with source as (

    select * from {{ source('raw', 'tax_rates') }}

),

renamed as (

    select
        administration_id,
        id as tax_rate_id,

        {{ text_or_null('name') }} as tax_rate_name,
        tax_rate_type,
        {{ text_or_null('country') }} as country_code,

        percentage,

        coalesce(active, true) as is_active,
        coalesce(show_tax, true) as is_tax_shown,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
