with balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

undocumented_closings as (

    select * from {{ ref('int_undocumented_closings_found') }}

),

movements as (

    select
        balances.administration_id,
        balances.month_date,
        balances.ledger_account_key,
        balances.account_type,
        balances.debit_amount,
        balances.credit_amount,
        balances.credit_amount - balances.debit_amount as result_amount,
        balances.currency_code,
        balances.proof_state

    from balances
    left join undocumented_closings
        on
            balances.administration_id = undocumented_closings.administration_id
            and extract(year from balances.month_date) = undocumented_closings.ledger_year
            and extract(month from balances.month_date) = 12
    where balances.statement = 'profit_loss' and undocumented_closings.ledger_year is null

),

accumulated as (

    select
        movements.*,
        sum(result_amount) over (
            partition by ledger_account_key, extract(year from month_date) order by month_date
            rows between unbounded preceding and current row
        ) as year_to_date_amount,
        case account_type
            when 'revenue' then 1
            when 'direct_costs' then 2
            when 'expenses' then 3
            else 4
        end as section_order,
        -- Costs are shown positive; what is earned and other income are positive when they are income.
        {{ statement_sign("account_type") }} * -1 as reader_sign

    from movements

),

final as (

    select
        accumulated.administration_id,
        accumulated.month_date,
        accumulated.account_type as section,
        accumulated.section_order,
        accumulated.ledger_account_key,
        ledger_accounts.account_number,
        ledger_accounts.account_name,
        ledger_accounts.parent_ledger_account_key,
        ledger_accounts.group_account_code,
        ledger_accounts.group_account_name,
        {{ money('accumulated.result_amount * accumulated.reader_sign') }} as statement_amount,
        {{ money('accumulated.result_amount') }} as result_amount,
        {{ money('accumulated.year_to_date_amount') }} as year_to_date_result_amount,
        accumulated.currency_code,
        accumulated.proof_state

    from accumulated
    inner join ledger_accounts
        on accumulated.ledger_account_key = ledger_accounts.ledger_account_key
    where
        accumulated.year_to_date_amount <> 0
        or accumulated.debit_amount <> 0
        or accumulated.credit_amount <> 0

)

select * from final
