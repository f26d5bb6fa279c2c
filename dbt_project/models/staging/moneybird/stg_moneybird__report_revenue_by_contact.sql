with source as (

    select * from {{ source('raw', 'report_revenue_by_contact') }}

),

renamed as (

    select
        administration_id,
        line_number,
        contact_id,

        amount,

        period_start_date = {{ month_start('period_end_date') }}
        and period_end_date = {{ month_end('period_end_date') }} as is_single_month,
        _deleted_at is not null as is_deleted,

        period_start_date,
        period_end_date,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
