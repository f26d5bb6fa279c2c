with purchase_invoice_shares as (

    select * from {{ ref('stg_moneybird__purchase_invoices__fiscal_allocations') }}

),

receipt_shares as (

    select * from {{ ref('stg_moneybird__receipts__fiscal_allocations') }}

),

unioned as (

    select
        administration_id,
        purchase_invoice_id as document_id,
        ledger_account_id,
        percentage,
        amount,
        base_amount

    from purchase_invoice_shares
    where not is_deleted

    union all

    select
        administration_id,
        receipt_id as document_id,
        ledger_account_id,
        percentage,
        amount,
        base_amount

    from receipt_shares
    where not is_deleted

),

summed as (

    select
        administration_id,
        document_id,
        ledger_account_id,
        cast(sum(percentage) as decimal(18, 6)) as private_percentage,
        {{ money('sum(amount)') }} as private_incl_amount,
        {{ money('sum(base_amount)') }} as private_incl_base_amount

    from unioned
    group by administration_id, document_id, ledger_account_id

)

select * from summed
