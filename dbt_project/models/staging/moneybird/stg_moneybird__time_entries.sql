with source as (

    select * from {{ source('raw', 'time_entries') }}

),

renamed as (

    select
        administration_id,
        id as time_entry_id,
        contact_id,
        project_id,
        user_id,
        sales_invoice_id,

        {{ text_or_null('description') }} as description,

        coalesce(paused_duration, 0) as paused_seconds,

        coalesce(billable, false) as is_billable,
        ended_at is null as is_running,
        _deleted_at is not null as is_deleted,

        started_at,
        ended_at,
        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
