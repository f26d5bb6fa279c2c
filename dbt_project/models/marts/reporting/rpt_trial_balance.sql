with balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

accounts as (

    select
        balances.administration_id,
        balances.month_date,
        balances.month_end_date,
        balances.ledger_account_key,
        ledger_accounts.account_number,
        ledger_accounts.account_name,
        balances.account_type,
        balances.statement,
        ledger_accounts.group_account_code,
        ledger_accounts.group_account_name,
        balances.opening_amount,
        balances.debit_amount,
        balances.credit_amount,
        balances.closing_journal_amount,
        {{ money('greatest(balances.closing_amount, 0)') }} as debit_balance_amount,
        {{ money('greatest(-balances.closing_amount, 0)') }} as credit_balance_amount,
        balances.closing_amount,
        balances.currency_code,
        balances.proof_state

    from balances
    inner join ledger_accounts
        on balances.ledger_account_key = ledger_accounts.ledger_account_key
    where
        balances.opening_amount <> 0
        or balances.debit_amount <> 0
        or balances.credit_amount <> 0
        or balances.closing_journal_amount <> 0

),

months as (

    select distinct
        administration_id,
        month_date,
        month_end_date

    from balances

),

-- Result accounts begin at zero in January; until a journal closes the year its result stands on no account at all.
earlier_years as (

    select
        months.administration_id,
        months.month_date,
        months.month_end_date,
        {{ money('sum(balances.closing_amount)') }} as amount,
        min(balances.currency_code) as currency_code,
        min(balances.proof_state) as proof_state

    from months
    inner join balances
        on
            months.administration_id = balances.administration_id
            and months.month_date > balances.month_date
            and balances.statement = 'profit_loss'
            and extract(month from balances.month_date) = 12
    group by months.administration_id, months.month_date, months.month_end_date
    having sum(balances.closing_amount) <> 0

),

final as (

    select * from accounts

    union all

    select
        administration_id,
        month_date,
        month_end_date,
        {{ none_key() }} as ledger_account_key,
        cast(null as varchar) as account_number,
        'Results of earlier years not yet in equity' as account_name,
        'equity' as account_type,
        'balance_sheet' as statement,
        cast(null as varchar) as group_account_code,
        cast(null as varchar) as group_account_name,
        amount as opening_amount,
        {{ money('0') }} as debit_amount,
        {{ money('0') }} as credit_amount,
        {{ money('0') }} as closing_journal_amount,
        {{ money('greatest(amount, 0)') }} as debit_balance_amount,
        {{ money('greatest(-amount, 0)') }} as credit_balance_amount,
        amount as closing_amount,
        currency_code,
        proof_state

    from earlier_years

)

select * from final
