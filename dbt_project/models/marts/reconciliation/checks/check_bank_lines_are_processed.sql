with administrations as (

    select * from {{ ref('dim_administration') }}

),

items as (

    select * from {{ ref('items_bank_lines_are_processed') }}

),

waiting as (

    select
        administration_id,
        sum(amount) as amount,
        sum(abs(amount)) as absolute_amount

    from items
    group by administration_id

),

final as (

    select
        administrations.administration_id,
        coalesce(cast(administrations.business_date as varchar), 'never synced') as period,
        administrations.business_date as period_end_date,
        case when administrations.business_date is not null then coalesce(waiting.amount, 0) end as left_amount,
        case when administrations.business_date is not null then 0 end as right_amount,
        0 as explained_amount,
        case when administrations.business_date is not null then coalesce(waiting.absolute_amount, 0) end
            as difference,
        administrations.business_date is not null as is_computable,
        false as is_in_motion,
        administrations.administration_id || '-' || coalesce(cast(administrations.business_date as varchar), 'never')
            as drill_key

    from administrations
    left join waiting
        on administrations.administration_id = waiting.administration_id

)

select * from final
