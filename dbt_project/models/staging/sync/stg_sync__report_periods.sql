with source as (

    select * from {{ source('sync', 'report_periods') }}

),

renamed as (

    select
        administration_id,
        resource as report_name,

        row_count,

        is_stale,

        period_start_date,
        period_end_date,

        read_at

    from source

)

select * from renamed
