with source as (

    select * from {{ source('raw', 'assets__value_changes') }}

),

renamed as (

    select
        administration_id,
        asset_id,
        row_number as line_position,

        type as value_change_type,
        {{ text_or_null('description') }} as description,

        amount,

        coalesce(externally_booked, false) as is_externally_booked,
        _deleted_at is not null as is_deleted,

        date as value_change_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
