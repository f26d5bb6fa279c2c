with administrations as (

    select * from {{ ref('dim_administration') }}

),

balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

-- What only passes through must end at nothing; a till cannot hold less than nothing. A bank account may be overdrawn.
watched as (

    select
        balances.administration_id,
        balances.month_date,
        balances.month_end_date,
        balances.ledger_account_key,
        case
            when ledger_accounts.role is not null then abs(balances.closing_amount)
            else greatest(-balances.closing_amount, 0)
        end as amount

    from balances
    inner join ledger_accounts
        on balances.ledger_account_key = ledger_accounts.ledger_account_key
    where
        ledger_accounts.role in ('transit', 'unmatched_in', 'unmatched_out', 'unmatched_bank', 'settlements')
        or (ledger_accounts.role is null and ledger_accounts.rgs_level_3_code = 'BLimKas')

),

summed as (

    select
        administration_id,
        month_date,
        sum(amount) as amount,
        min(case when amount <> 0 then ledger_account_key end) as first_key

    from watched
    group by administration_id, month_date

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
            and months.month_date = summed.month_date

)

select * from final
