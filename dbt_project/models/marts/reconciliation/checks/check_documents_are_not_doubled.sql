with administrations as (

    select * from {{ ref('dim_administration') }}

),

items as (

    select * from {{ ref('items_documents_are_not_doubled') }}

),

summed as (

    select
        administration_id,
        count(*) as doubles,
        min(document_id) as first_document_id

    from items
    group by administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(summed.doubles, 0) end as left_amount,
        case when administrations.business_date is not null then 0 end as right_amount,
        0 as explained_amount,
        case when administrations.business_date is not null then coalesce(summed.doubles, 0) end as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        administrations.administration_id || '-' || coalesce(
            summed.first_document_id, cast(administrations.business_date as varchar), 'never'
        ) as drill_key

    from administrations
    left join summed
        on administrations.administration_id = summed.administration_id

)

select * from final
