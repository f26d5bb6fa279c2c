with listed as (

    select * from {{ ref('stg_moneybird__projects') }}

),

named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'project'

),

unknown as (

    select
        named.administration_id,
        named.record_id as project_id

    from named
    left join listed
        on
            named.administration_id = listed.administration_id
            and named.record_id = listed.project_id
    where listed.project_id is null

),

completed as (

    select
        administration_id,
        project_id,
        coalesce(project_name, 'Project ' || project_id) as project_name,
        project_state,
        budget_hours,
        is_deleted,
        false as is_unknown

    from listed

    union all

    select
        administration_id,
        project_id,
        'Project ' || project_id as project_name,
        cast(null as varchar) as project_state,
        cast(null as integer) as budget_hours,
        false as is_deleted,
        true as is_unknown

    from unknown

)

select * from completed
