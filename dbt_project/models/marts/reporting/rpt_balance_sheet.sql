with balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

account_lines as (

    select
        balances.administration_id,
        balances.month_date,
        balances.month_end_date,
        balances.ledger_account_key as line_key,
        'account' as line_type,
        case
            when balances.account_type in ('non_current_assets', 'current_assets') then 'debit'
            when balances.account_type is not null then 'credit'
        end as balance_side,
        coalesce(balances.account_type, 'unknown') as section,
        balances.ledger_account_key,
        ledger_accounts.parent_ledger_account_key,
        ledger_accounts.account_number,
        ledger_accounts.account_name,
        cast(null as integer) as result_year,
        ledger_accounts.group_account_code,
        ledger_accounts.group_account_name,
        balances.closing_amount as amount,
        balances.currency_code

    from balances
    inner join ledger_accounts
        on balances.ledger_account_key = ledger_accounts.ledger_account_key
    where coalesce(balances.statement, '') <> 'profit_loss' and balances.closing_amount <> 0

),

-- What a year earned and no journal has taken to equity yet. A year that ended keeps its last balance.
year_results as (

    select
        administration_id,
        cast(extract(year from month_date) as integer) as result_year,
        month_date,
        currency_code,
        sum(closing_amount) as amount

    from balances
    where statement = 'profit_loss'
    group by administration_id, month_date, currency_code

),

months as (

    select distinct
        administration_id,
        month_date,
        month_end_date

    from balances

),

open_years as (

    select
        months.administration_id,
        months.month_date,
        months.month_end_date,
        year_results.result_year,
        year_results.amount,
        year_results.currency_code

    from months
    inner join year_results
        on
            months.administration_id = year_results.administration_id
            and (
                months.month_date = year_results.month_date
                or (
                    extract(month from year_results.month_date) = 12
                    and months.month_date > year_results.month_date
                )
            )
    where year_results.amount <> 0

),

year_lines as (

    select
        administration_id,
        month_date,
        month_end_date,
        administration_id || '-result-' || cast(result_year as varchar) as line_key,
        'open_year' as line_type,
        'credit' as balance_side,
        'equity' as section,
        {{ none_key() }} as ledger_account_key,
        cast(null as varchar) as parent_ledger_account_key,
        cast(null as varchar) as account_number,
        'Result of ' || cast(result_year as varchar) as account_name,
        result_year,
        cast(null as varchar) as group_account_code,
        cast(null as varchar) as group_account_name,
        amount,
        currency_code

    from open_years

),

lines as (

    select * from account_lines
    union all
    select * from year_lines

),

final as (

    select
        administration_id,
        month_date,
        month_end_date,
        line_key,
        line_type,
        balance_side,
        section,
        case section
            when 'non_current_assets' then 1
            when 'current_assets' then 2
            when 'equity' then 3
            when 'provisions' then 4
            when 'non_current_liabilities' then 5
            when 'current_liabilities' then 6
            else 7
        end as section_order,
        ledger_account_key,
        parent_ledger_account_key,
        account_number,
        account_name,
        result_year,
        group_account_code,
        group_account_name,
        {{ money("amount * case when balance_side = 'credit' then -1 else 1 end") }} as statement_amount,
        {{ money('amount') }} as amount,
        currency_code

    from lines

)

select * from final
