with administrations as (

    select * from {{ ref('dim_administration') }}

),

balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

items as (

    select * from {{ ref('items_clearing_accounts_cleared') }}

),

summed as (

    select
        administration_id,
        period,
        sum(abs(amount)) as amount,
        min(administration_id || '-' || document_id) as first_key

    from items
    group by administration_id, period

),

months as (

    select distinct
        balances.administration_id,
        balances.month_date

    from balances
    inner join administrations
        on
            balances.administration_id = administrations.administration_id
            and balances.month_date <= administrations.business_date

    union

    select
        administration_id,
        {{ month_start('business_date') }} as month_date

    from administrations

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        {{ month_end('months.month_date') }} as period_end_date,
        case when months.month_date is not null then coalesce(summed.amount, 0) end as left_amount,
        case when months.month_date is not null then 0 end as right_amount,
        0 as explained_amount,
        case when months.month_date is not null then coalesce(summed.amount, 0) end as difference,
        months.month_date is not null as is_computable,
        false as is_in_motion,
        coalesce(
            summed.first_key,
            months.administration_id || '-' || coalesce({{ month_text('months.month_date') }}, 'never')
        ) as drill_key

    from months
    left join summed
        on
            months.administration_id = summed.administration_id
            and {{ month_text('months.month_date') }} = summed.period

)

select * from final
