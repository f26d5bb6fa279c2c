with balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

balance_sheet as (

    select * from {{ ref('rpt_balance_sheet') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

undocumented_closings as (

    select * from {{ ref('int_undocumented_closings_found') }}

),

members as (

    select * from {{ ref('int_group_members_followed') }}
    where consolidation = 'consolidated'

),

-- A year is shown as it was before its closing journal, which takes the result to equity; from January on it counts.
unclosed as (

    select
        balances.administration_id,
        balances.month_date,
        balances.ledger_account_key,
        balances.statement,
        balances.currency_code,
        balances.closing_amount
        - sum(balances.closing_journal_amount) over (
            partition by balances.ledger_account_key, extract(year from balances.month_date)
            order by balances.month_date
            rows between unbounded preceding and current row
        ) as amount,
        -- As in rpt_profit_loss: a December with a closing that cannot be told from what was earned is left out.
        case
            when balances.statement = 'profit_loss' and undocumented_closings.ledger_year is not null then 0
            else balances.debit_amount - balances.credit_amount
        end as month_amount

    from balances
    left join undocumented_closings
        on
            balances.administration_id = undocumented_closings.administration_id
            and extract(year from balances.month_date) = undocumented_closings.ledger_year
            and extract(month from balances.month_date) = 12

),

accounts as (

    select
        unclosed.administration_id,
        unclosed.month_date,
        case when unclosed.statement = 'profit_loss' then 'profit_loss' else 'balance_sheet' end as statement,
        coalesce(ledger_accounts.account_type, 'unknown') as section,
        coalesce(ledger_accounts.group_account_code, 'unmapped') as group_account_code,
        coalesce(ledger_accounts.group_account_name, 'Not mapped to the group chart') as group_account_name,
        unclosed.amount,
        unclosed.month_amount,
        unclosed.currency_code

    from unclosed
    inner join ledger_accounts
        on unclosed.ledger_account_key = ledger_accounts.ledger_account_key

),

-- Results of earlier years that no journal has taken to equity yet.
open_years as (

    select
        administration_id,
        month_date,
        'balance_sheet' as statement,
        'equity' as section,
        'open_years' as group_account_code,
        'Results of earlier years not yet in equity' as group_account_name,
        amount,
        0 as month_amount,
        currency_code

    from balance_sheet
    where result_year < extract(year from month_date)

),

unioned as (

    select * from accounts
    union all
    select * from open_years

),

stated as (

    select
        members.group_id,
        unioned.month_date,
        unioned.statement,
        unioned.section,
        unioned.group_account_code,
        unioned.administration_id,
        max(unioned.group_account_name) as group_account_name,
        {{ money('sum(unioned.amount)') }} as amount,
        {{ money('sum(unioned.month_amount)') }} as month_amount,
        max(unioned.currency_code) as currency_code

    from unioned
    inner join members
        on
            unioned.administration_id = members.administration_id
            and {{ month_end('unioned.month_date') }} >= members.valid_from_date
            and {{ month_end('unioned.month_date') }} <= members.valid_to_date
    group by
        members.group_id,
        unioned.month_date,
        unioned.statement,
        unioned.section,
        unioned.group_account_code,
        unioned.administration_id

)

select * from stated
