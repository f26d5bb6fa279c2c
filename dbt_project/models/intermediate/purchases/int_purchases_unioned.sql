{% set columns = [
    'contact_id', 'entry_number', 'reference', 'state', 'origin', 'tax_number', 'currency_code', 'total_excl_amount',
    'tax_amount', 'total_incl_amount', 'total_excl_base_amount', 'tax_base_amount', 'total_incl_base_amount',
    'exchange_rate', 'is_unprocessed', 'is_self_billed', 'is_priced_incl_tax', 'is_deleted', 'invoice_date', 'due_date',
    'updated_at', '_changed_at'
] -%}
with purchase_invoices as (

    select * from {{ ref('stg_moneybird__purchase_invoices') }}

),

receipts as (

    select * from {{ ref('stg_moneybird__receipts') }}

),

unioned as (

    select
        administration_id,
        purchase_invoice_id as document_id,
        'PurchaseInvoice' as document_type,
        {{ columns | join(',\n        ') }}

    from purchase_invoices

    union all

    select
        administration_id,
        receipt_id as document_id,
        'Receipt' as document_type,
        {{ columns | join(',\n        ') }}

    from receipts

)

select * from unioned
