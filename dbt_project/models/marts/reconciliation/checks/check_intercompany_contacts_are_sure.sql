with administrations as (

    select * from {{ ref('dim_administration') }}

),

items as (

    select * from {{ ref('items_intercompany_contacts_are_sure') }}

),

counted as (

    select
        administration_id,
        count(*) as contacts

    from items
    group by administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(counted.contacts, 0) end as left_amount,
        case when administrations.business_date is not null then 0 end as right_amount,
        0 as explained_amount,
        case when administrations.business_date is not null then coalesce(counted.contacts, 0) end as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        administrations.administration_id || '-' || coalesce(cast(administrations.business_date as varchar), 'never')
            as drill_key

    from administrations
    left join counted
        on administrations.administration_id = counted.administration_id

)

select * from final
