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

group_months as (

    select distinct
        members.group_id,
        balances.month_date

    from balances
    inner join members
        on
            balances.administration_id = members.administration_id
            and {{ month_end('balances.month_date') }} between members.valid_from_date and members.valid_to_date

),

last_months as (

    select
        administration_id,
        max(month_date) as last_month_date

    from balances
    group by administration_id

),

-- The books of one company end with its last booking, the group's with the last of all: until then its balances stand.
member_months as (

    select
        group_months.group_id,
        members.administration_id,
        group_months.month_date,
        least(group_months.month_date, last_months.last_month_date) as balance_month_date

    from group_months
    inner join members
        on
            group_months.group_id = members.group_id
            and {{ month_end('group_months.month_date') }} between members.valid_from_date and members.valid_to_date
    inner join last_months
        on members.administration_id = last_months.administration_id

),

-- A year is shown as it was before its closing journal, which takes the result to equity; from January on it counts.
unclosed as (

    select
        balances.administration_id,
        balances.month_date,
        balances.ledger_account_key,
        balances.statement,
        balances.currency_code,
        balances.closing_amount,
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
        member_months.group_id,
        member_months.administration_id,
        member_months.month_date,
        case when unclosed.statement = 'profit_loss' then 'profit_loss' else 'balance_sheet' end as statement,
        coalesce(ledger_accounts.account_type, 'unknown') as section,
        coalesce(ledger_accounts.group_account_code, 'unmapped') as group_account_code,
        coalesce(ledger_accounts.group_account_name, 'Not mapped to the group chart') as group_account_name,
        case
            when extract(year from unclosed.month_date) = extract(year from member_months.month_date) then unclosed.amount
            when unclosed.statement = 'profit_loss' then 0
            else unclosed.closing_amount
        end as amount,
        case when unclosed.month_date = member_months.month_date then unclosed.month_amount else 0 end as month_amount,
        unclosed.currency_code

    from member_months
    inner join unclosed
        on
            member_months.administration_id = unclosed.administration_id
            and member_months.balance_month_date = unclosed.month_date
    inner join ledger_accounts
        on unclosed.ledger_account_key = ledger_accounts.ledger_account_key

),

-- Results of earlier years that no journal has taken to equity yet.
open_years as (

    select
        member_months.group_id,
        member_months.administration_id,
        member_months.month_date,
        'balance_sheet' as statement,
        'equity' as section,
        'open_years' as group_account_code,
        'Results of earlier years not yet in equity' as group_account_name,
        balance_sheet.amount,
        0 as month_amount,
        balance_sheet.currency_code

    from member_months
    inner join balance_sheet
        on
            member_months.administration_id = balance_sheet.administration_id
            and member_months.balance_month_date = balance_sheet.month_date
    where balance_sheet.result_year < extract(year from member_months.month_date)

),

unioned as (

    select * from accounts
    union all
    select * from open_years

),

stated as (

    select
        group_id,
        month_date,
        statement,
        section,
        group_account_code,
        administration_id,
        max(group_account_name) as group_account_name,
        {{ money('sum(amount)') }} as amount,
        {{ money('sum(month_amount)') }} as month_amount,
        max(currency_code) as currency_code

    from unioned
    group by group_id, month_date, statement, section, group_account_code, administration_id

)

select * from stated
