with administrations as (

    select * from {{ ref('dim_administration') }}

),

statement as (

    select * from {{ ref('rpt_balance_sheet') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

first_months_in_motion as (

    select
        administration_id,
        min(month_date) as month_date

    from account_months
    where state = 'in_motion'
    group by administration_id

),

months as (

    select
        administration_id,
        month_date,
        month_end_date,
        sum(case when balance_side = 'debit' then statement_amount else 0 end) as left_amount,
        sum(case when balance_side = 'credit' then statement_amount else 0 end) as right_amount,
        min(case when balance_side is null then line_key end) as first_unknown_key

    from statement
    group by administration_id, month_date, month_end_date

    union all

    -- Without a line both sides are nothing, and equal.
    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        {{ month_end('administrations.business_date') }} as month_end_date,
        0 as left_amount,
        0 as right_amount,
        null as first_unknown_key

    from administrations
    left join statement
        on administrations.administration_id = statement.administration_id
    where statement.administration_id is null

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        months.month_end_date as period_end_date,
        case when months.month_date is not null then months.left_amount end as left_amount,
        case when months.month_date is not null then months.right_amount end as right_amount,
        0 as explained_amount,
        case when months.month_date is not null then months.left_amount - months.right_amount end as difference,
        months.month_date is not null as is_computable,
        coalesce(months.month_date >= first_months_in_motion.month_date, false) as is_in_motion,
        coalesce(
            months.first_unknown_key,
            months.administration_id || '-' || coalesce({{ month_text('months.month_date') }}, 'never')
        ) as drill_key

    from months
    left join first_months_in_motion
        on months.administration_id = first_months_in_motion.administration_id

)

select * from final
