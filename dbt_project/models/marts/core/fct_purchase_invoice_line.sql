{%- set record = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=record, keys={'administration_id': 'administration_id', 'document_id': 'document_id'}, feeds=[
    {'feed': ref('int_purchases_unioned'), 'records': record},
]) -%}
with lines as (

    select * from {{ ref('int_purchase_lines_split') }}
    where {{ is_touched(touched, record) }}

),

documents as (

    select * from {{ ref('int_purchases_unioned') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

final as (

    select
        {{ entity_key('lines.line_id', 'lines.administration_id') }} as purchase_invoice_line_key,
        lines.administration_id,
        documents.document_type,
        lines.document_id,
        case when documents.document_type = 'PurchaseInvoice'
            then {{ entity_key('lines.document_id', 'lines.administration_id') }}
        end as purchase_invoice_key,
        case when documents.document_type = 'Receipt'
            then {{ entity_key('lines.document_id', 'lines.administration_id') }}
        end as receipt_key,
        {{ member_key('documents.contact_id', 'lines.administration_id') }} as contact_key,
        documents.invoice_date,
        {{ member_key('lines.ledger_account_id', 'lines.administration_id') }} as ledger_account_key,
        {{ member_key('lines.tax_rate_id', 'lines.administration_id') }} as tax_rate_key,
        {{ member_key('lines.project_id', 'lines.administration_id') }} as project_key,
        {{ member_key('lines.product_id', 'lines.administration_id') }} as product_key,
        coalesce(lines.row_order, lines.line_position) as row_order,
        lines.description,
        lines.quantity,
        lines.unit_price,
        documents.currency_code,
        lines.gross_amount,
        lines.private_amount,
        lines.business_amount as net_amount,
        lines.gross_base_amount,
        lines.private_base_amount,
        lines.business_base_amount as net_base_amount,
        lines.private_percentage,
        lines.tax_report_reference,
        lines.period_start_date,
        lines.period_end_date,
        documents.is_self_billed,
        documents.is_unprocessed,
        documents._changed_at

    from lines
    inner join documents
        on
            lines.administration_id = documents.administration_id
            and lines.document_id = documents.document_id

)

select * from final
