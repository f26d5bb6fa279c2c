with charted as (

    select * from {{ ref('stg_moneybird__ledger_accounts') }}

),

lines as (

    select * from {{ ref('stg_moneybird__journal_entries') }}

),

report_rows as (

    select * from {{ ref('stg_moneybird__general_ledger') }}

),

booked as (

    select administration_id, ledger_account_id from lines where not is_deleted
    union
    select administration_id, ledger_account_id from report_rows where not is_deleted

),

completed as (

    select
        coalesce(charted.administration_id, booked.administration_id) as administration_id,
        coalesce(charted.ledger_account_id, booked.ledger_account_id) as ledger_account_id,
        charted.parent_ledger_account_id,
        coalesce(charted.account_name, 'Not in the chart of accounts') as account_name,
        charted.account_number,
        charted.account_type,
        charted.rgs_code,
        coalesce(charted.is_active and not charted.is_deleted, false) as is_active,
        coalesce(charted.is_sales_invoice_allowed, false) as is_sales_invoice_allowed,
        coalesce(charted.is_deleted, true) as is_gone

    from charted
    full outer join booked
        on
            charted.administration_id = booked.administration_id
            and charted.ledger_account_id = booked.ledger_account_id
    where not coalesce(charted.is_deleted, false) or booked.ledger_account_id is not null

)

select * from completed
