{% set columns = [
    'line_position', 'ledger_account_id', 'tax_rate_id', 'project_id', 'product_id', 'row_order', 'description',
    'tax_report_reference', 'quantity', 'unit_price', 'net_amount', 'net_base_amount', 'is_deleted',
    'period_start_date', 'period_end_date', '_changed_at'
] -%}
-- A document that became one of the other kind keeps its id: what it left behind would be there twice.
with purchase_invoice_lines as (

    select * from {{ ref('stg_moneybird__purchase_invoices__details') }}
    where not is_deleted

),

receipt_lines as (

    select * from {{ ref('stg_moneybird__receipts__details') }}
    where not is_deleted

),

unioned as (

    select
        administration_id,
        purchase_invoice_id as document_id,
        purchase_invoice_line_id as line_id,
        {{ columns | join(',\n        ') }}

    from purchase_invoice_lines

    union all

    select
        administration_id,
        receipt_id as document_id,
        receipt_line_id as line_id,
        {{ columns | join(',\n        ') }}

    from receipt_lines

)

select * from unioned
