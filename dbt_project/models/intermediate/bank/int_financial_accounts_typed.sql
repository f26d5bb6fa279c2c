with financial_accounts as (

    select * from {{ ref('stg_moneybird__financial_accounts') }}

),

ledger_accounts as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

posted_on as (

    select
        administration_id,
        financial_account_id,
        min(ledger_account_id) as ledger_account_id

    from ledger_accounts
    where financial_account_id is not null
    group by administration_id, financial_account_id

),

-- Moneybird names no type for a payment provider: an account with a provider and no IBAN is taken for one.
typed as (

    select
        financial_accounts.administration_id,
        financial_accounts.financial_account_id,
        financial_accounts.financial_account_name,
        financial_accounts.financial_account_type,
        financial_accounts.account_number,
        financial_accounts.provider,
        posted_on.ledger_account_id,
        case
            when financial_accounts.financial_account_type = 'CashAccount' then 'cash'
            when
                financial_accounts.provider is not null
                and not coalesce(
                    upper(substring(financial_accounts.account_number from 1 for 2)) between 'AA' and 'ZZ'
                    and substring(financial_accounts.account_number from 3 for 2) between '00' and '99',
                    false
                )
                then 'psp'
            else 'bank'
        end as money_kind,
        financial_accounts.is_active,
        financial_accounts.is_deleted

    from financial_accounts
    left join posted_on
        on
            financial_accounts.administration_id = posted_on.administration_id
            and financial_accounts.financial_account_id = posted_on.financial_account_id

)

select * from typed
