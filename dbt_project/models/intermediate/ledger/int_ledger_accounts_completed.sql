with charted as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

-- By a line, a report, a document or a payment: what nobody names any more is left out.
named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'ledger account'

),

completed as (

    select
        coalesce(charted.administration_id, named.administration_id) as administration_id,
        coalesce(charted.ledger_account_id, named.record_id) as ledger_account_id,
        charted.parent_ledger_account_id,
        coalesce(charted.account_name, 'Not in the chart of accounts') as account_name,
        charted.account_number,
        charted.account_type,
        charted.rgs_code,
        charted.rgs_name,
        charted.rgs_version,
        charted.financial_account_id,
        coalesce(charted.is_active and not charted.is_deleted, false) as is_active,
        coalesce(charted.is_sales_invoice_allowed, false) as is_sales_invoice_allowed,
        coalesce(charted.is_deleted, true) as is_gone

    from charted
    full outer join named
        on
            charted.administration_id = named.administration_id
            and charted.ledger_account_id = named.record_id
    where not coalesce(charted.is_deleted, false) or named.record_id is not null

)

select * from completed
