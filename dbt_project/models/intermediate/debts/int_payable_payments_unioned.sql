{% set columns = [
    'payment_id', 'financial_account_id', 'financial_mutation_id', 'ledger_account_id', 'credit_invoice_id',
    'manual_payment_action', 'amount', 'base_amount', 'is_deleted', 'payment_date', '_changed_at'
] -%}
-- A document that became one of the other kind keeps its id: what it left behind would be there twice.
with purchase_invoice_payments as (

    select * from {{ ref('stg_moneybird__purchase_invoices__payments') }}
    where not is_deleted

),

receipt_payments as (

    select * from {{ ref('stg_moneybird__receipts__payments') }}
    where not is_deleted

),

unioned as (

    select
        administration_id,
        purchase_invoice_id as document_id,
        {{ columns | join(',\n        ') }}

    from purchase_invoice_payments

    union all

    select
        administration_id,
        receipt_id as document_id,
        {{ columns | join(',\n        ') }}

    from receipt_payments

)

select * from unioned
