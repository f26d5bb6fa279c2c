with administrations as (

    select * from {{ ref('dim_administration') }}

),

entries as (

    select * from {{ ref('fct_ledger_entry') }}

),

account_months as (

    select * from {{ ref('recon_ledger_account_month') }}

),

moving_months as (

    select distinct
        administration_id,
        month_date

    from account_months
    where state = 'in_motion'

),

days as (

    select
        administration_id,
        month_date,
        entry_date,
        sum(debit_amount) as debit_amount,
        sum(credit_amount) as credit_amount,
        sum(amount) as difference

    from entries
    group by administration_id, month_date, entry_date

),

months as (

    select
        administration_id,
        month_date,
        sum(debit_amount) as left_amount,
        sum(credit_amount) as right_amount,
        sum(abs(difference)) as difference,
        min(case when difference <> 0 then entry_date end) as first_unbalanced_date

    from days
    group by administration_id, month_date

    union all

    -- An administration without a line has nothing that could be out of balance, and says so.
    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as right_amount,
        0 as difference,
        null as first_unbalanced_date

    from administrations
    left join days
        on administrations.administration_id = days.administration_id
    where days.administration_id is null

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        {{ month_end('months.month_date') }} as period_end_date,
        case when months.month_date is not null then months.left_amount end as left_amount,
        case when months.month_date is not null then months.right_amount end as right_amount,
        0 as explained_amount,
        case when months.month_date is not null then months.difference end as difference,
        months.month_date is not null as is_computable,
        moving_months.month_date is not null as is_in_motion,
        months.administration_id || '-' || coalesce(
            cast(months.first_unbalanced_date as varchar), {{ month_text('months.month_date') }}, 'never'
        ) as drill_key

    from months
    left join moving_months
        on
            months.administration_id = moving_months.administration_id
            and months.month_date = moving_months.month_date

)

select * from final
