with administrations as (

    select * from {{ ref('dim_administration') }}

),

projects as (

    select * from {{ ref('stg_moneybird__projects') }}

),

keyed as (

    select
        {{ entity_key('project_id') }} as project_key,
        administration_id,
        project_id,
        project_name,
        project_state,
        budget_hours

    from projects
    where not is_deleted

),

none_members as (

    select
        {{ none_key() }} as project_key,
        administration_id,
        cast(null as varchar) as project_id,
        'No project' as project_name,
        cast(null as varchar) as project_state,
        cast(null as integer) as budget_hours

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
