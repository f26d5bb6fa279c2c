{{ config(materialized='table') }}

with administrations as (

    select * from {{ ref('dim_administration') }}

),

balances as (

    select * from {{ ref('fct_ledger_balance') }}
    where closing_amount <> 0

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

-- What only passes through must end at nothing; a till cannot hold less than nothing. A bank account may be overdrawn.
final as (

    select
        balances.administration_id,
        {{ month_text('balances.month_date') }} as period,
        balances.month_end_date as item_date,
        'LedgerAccount' as document_type,
        ledger_accounts.ledger_account_id as document_id,
        case ledger_accounts.role
            when 'transit' then 'still under way'
            when 'unmatched_in' then 'receipts without a bank line'
            when 'unmatched_out' then 'payments without a bank line'
            when 'unmatched_bank' then 'bank lines not processed'
            when 'settlements' then 'settled on one side'
            else 'cash below zero'
        end as item_kind,
        false as is_explained,
        balances.closing_amount as amount,
        ledger_accounts.account_name as description,
        {{ none_key('balances.administration_id') }} as contact_key

    from balances
    inner join administrations
        on
            balances.administration_id = administrations.administration_id
            and balances.month_date <= administrations.business_date
    inner join ledger_accounts
        on balances.ledger_account_key = ledger_accounts.ledger_account_key
    where
        ledger_accounts.role in ('transit', 'unmatched_in', 'unmatched_out', 'unmatched_bank', 'settlements')
        or (
            ledger_accounts.role is null
            and ledger_accounts.rgs_level_3_code = 'BLimKas'
            and balances.closing_amount < 0
        )

)

select * from final
