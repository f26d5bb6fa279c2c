with source as (

    select * from {{ source('raw', 'workflows__steps') }}

),

renamed as (

    select
        administration_id,
        workflow_id,
        row_number as line_position,
        id as workflow_step_id,
        step_order,

        {{ text_or_null('action') }} as action,
        {{ text_or_null('reminder_text') }} as reminder_text,

        due_interval as due_days,
        reminder_delay as reminder_delay_days,

        coalesce(reminder_auto_send, false) as is_sent_automatically,
        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
