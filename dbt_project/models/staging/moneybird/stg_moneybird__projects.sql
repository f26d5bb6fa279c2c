with source as (

    select * from {{ source('raw', 'projects') }}

),

renamed as (

    select
        administration_id,
        id as project_id,

        {{ text_or_null('name') }} as project_name,
        state as project_state,

        budget as budget_hours,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
