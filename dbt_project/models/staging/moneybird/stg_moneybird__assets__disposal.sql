with source as (

    select * from {{ source('raw', 'assets__disposal') }}

),

renamed as (

    select
        administration_id,
        asset_id,
        row_number as line_position,
        reinvestment_reserve_id,

        reason as disposal_reason,

        reinvestment_reserve_amount,

        coalesce(externally_booked, false) as is_externally_booked,
        _deleted_at is not null as is_deleted,

        date as disposal_date,
        reinvestment_reserve_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
