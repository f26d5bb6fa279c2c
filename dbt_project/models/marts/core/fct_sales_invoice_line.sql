{%- set record = ['administration_id', 'sales_invoice_id'] -%}
{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(records=record, keys={'sales_invoice_key': entity_key('sales_invoice_id')}, feeds=[
    {'feed': ref('int_sales_invoices_unioned'), 'records': record},
    {'feed': ref('int_purchases_unioned'), 'records': document},
]) -%}
with lines as (

    select * from {{ ref('int_sales_invoice_lines_unioned') }}
    where {{ is_touched(touched, record) }}

),

self_billed_lines as (

    select * from {{ ref('int_purchase_lines_split') }}
    where {{ is_touched(touched, document) }}

),

invoices as (

    select * from {{ ref('int_sales_invoices_unioned') }}
    where not is_deleted and {{ is_touched(touched, record) }}

),

self_billed as (

    select * from {{ ref('int_self_billed_sales_turned') }}
    where {{ is_touched(touched, document) }}

),

-- An optional line nobody chose is an offer: Moneybird leaves it out of the totals, so it is no sale here either.
sold as (

    select
        lines.administration_id,
        lines.sales_invoice_id,
        lines.sales_invoice_line_id,
        invoices.source,
        invoices.contact_id,
        invoices.invoice_date,
        lines.ledger_account_id,
        lines.tax_rate_id,
        lines.project_id,
        lines.product_id,
        coalesce(lines.row_order, lines.line_position) as row_order,
        lines.description,
        lines.quantity,
        lines.unit_price,
        lines.net_amount,
        lines.net_base_amount,
        lines.tax_report_reference,
        lines.period_start_date,
        lines.period_end_date,
        invoices.is_draft,
        invoices._changed_at

    from lines
    inner join invoices
        on
            lines.administration_id = invoices.administration_id
            and lines.sales_invoice_id = invoices.sales_invoice_id
    where not lines.is_deleted and (not lines.is_optional or lines.is_selected)

    union all

    select
        self_billed_lines.administration_id,
        self_billed_lines.document_id as sales_invoice_id,
        self_billed_lines.line_id as sales_invoice_line_id,
        'self_billed' as source,
        self_billed.contact_id,
        self_billed.invoice_date,
        self_billed_lines.ledger_account_id,
        self_billed_lines.tax_rate_id,
        self_billed_lines.project_id,
        self_billed_lines.product_id,
        coalesce(self_billed_lines.row_order, self_billed_lines.line_position) as row_order,
        self_billed_lines.description,
        -self_billed_lines.quantity as quantity,
        self_billed_lines.unit_price,
        -self_billed_lines.business_amount as net_amount,
        -self_billed_lines.business_base_amount as net_base_amount,
        self_billed_lines.tax_report_reference,
        self_billed_lines.period_start_date,
        self_billed_lines.period_end_date,
        self_billed.is_unprocessed as is_draft,
        self_billed._changed_at

    from self_billed_lines
    inner join self_billed
        on
            self_billed_lines.administration_id = self_billed.administration_id
            and self_billed_lines.document_id = self_billed.document_id

),

final as (

    select
        {{ entity_key('sales_invoice_line_id') }} as sales_invoice_line_key,
        {{ entity_key('sales_invoice_id') }} as sales_invoice_key,
        administration_id,
        source,
        {{ member_key('contact_id') }} as contact_key,
        invoice_date,
        {{ member_key('ledger_account_id') }} as ledger_account_key,
        {{ member_key('tax_rate_id') }} as tax_rate_key,
        {{ member_key('project_id') }} as project_key,
        {{ member_key('product_id') }} as product_key,
        row_order,
        description,
        quantity,
        unit_price,
        net_amount,
        net_base_amount,
        tax_report_reference,
        period_start_date,
        period_end_date,
        is_draft,
        _changed_at

    from sold

)

select * from final
