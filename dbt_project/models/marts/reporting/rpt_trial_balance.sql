with balances as (

    select * from {{ ref('fct_ledger_balance') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

final as (

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

)

select * from final
