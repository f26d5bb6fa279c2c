{%- set sale = ['administration_id', 'sales_invoice_id'] -%}
{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=document, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=[
    {'feed': ref('int_sales_invoices_unioned'), 'records': sale},
    {'feed': ref('int_purchases_unioned'), 'records': document},
]
) -%}
with documents as (

    select * from {{ ref('int_vat_documents_unioned') }}
    where {{ is_touched(touched, document) }}

),

sales_lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}
    where {{ is_touched(touched, sale) }}

),

purchase_lines as (

    select * from {{ ref('stg_moneybird__purchase_invoices__details') }}
    where {{ is_touched(touched, ['administration_id', 'purchase_invoice_id']) }}

),

receipt_lines as (

    select * from {{ ref('stg_moneybird__receipts__details') }}
    where {{ is_touched(touched, ['administration_id', 'receipt_id']) }}

),

-- An optional line nobody chose is an offer, not a supply.
lines as (

    select
        administration_id,
        'sale' as line_kind,
        sales_invoice_id as document_id,
        line_position,
        ledger_account_id,
        tax_rate_id,
        tax_report_reference,
        net_amount,
        net_base_amount

    from sales_lines
    where not is_deleted and (not is_optional or is_selected)

    union all

    select
        administration_id,
        'PurchaseInvoice' as line_kind,
        purchase_invoice_id as document_id,
        line_position,
        ledger_account_id,
        tax_rate_id,
        tax_report_reference,
        net_amount,
        net_base_amount

    from purchase_lines
    where not is_deleted

    union all

    select
        administration_id,
        'Receipt' as line_kind,
        receipt_id as document_id,
        line_position,
        ledger_account_id,
        tax_rate_id,
        tax_report_reference,
        net_amount,
        net_base_amount

    from receipt_lines
    where not is_deleted

),

joined as (

    select
        documents.administration_id,
        documents.document_type,
        documents.document_id,
        lines.line_position,
        documents.document_side,
        documents.document_date,
        documents.is_posted,
        documents.contact_id,
        documents.exchange_rate,
        lines.ledger_account_id,
        lines.tax_rate_id,
        lines.tax_report_reference,
        coalesce(lines.net_amount, 0) as net_amount,
        coalesce(lines.net_base_amount, 0) as net_base_amount

    from documents
    inner join lines
        on
            documents.administration_id = lines.administration_id
            and documents.document_id = lines.document_id
            and case when documents.document_side = 'sale' then 'sale' else documents.document_type end = lines.line_kind

)

select * from joined
