with administrations as (

    select * from {{ ref('dim_administration') }}

),

projects as (

    select * from {{ ref('int_projects_completed') }}

),

keyed as (

    select
        {{ entity_key('project_id') }} as project_key,
        administration_id,
        project_id,
        project_name,
        project_state,
        budget_hours,
        is_deleted,
        is_unknown

    from projects

),

none_members as (

    select
        {{ none_key() }} as project_key,
        administration_id,
        cast(null as varchar) as project_id,
        'No project' as project_name,
        cast(null as varchar) as project_state,
        cast(null as integer) as budget_hours,
        false as is_deleted,
        false as is_unknown

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
