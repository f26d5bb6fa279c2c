with administrations as (

    select * from {{ ref('dim_administration') }}

),

changes as (

    select * from {{ ref('int_closed_period_changes_found') }}

),

counted as (

    select
        administration_id,
        count(*) as difference,
        min(document_id) as first_document_id

    from changes
    group by administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(counted.difference, 0) end as left_amount,
        case when administrations.business_date is not null then 0 end as right_amount,
        0 as explained_amount,
        case when administrations.business_date is not null then coalesce(counted.difference, 0) end as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        administrations.administration_id || '-' || coalesce(counted.first_document_id, 'none') as drill_key

    from administrations
    left join counted
        on administrations.administration_id = counted.administration_id

)

select * from final
