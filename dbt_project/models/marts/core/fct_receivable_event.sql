{%- set item = ['administration_id', 'item_sales_invoice_id'] -%}
{%- set invoice = ['administration_id', 'sales_invoice_id'] -%}
{%- set touched = incremental_records(
    records=item, keys={'item_key': entity_key('item_sales_invoice_id')}, is_feed=true, feeds=[
    {'feed': touched_of(ref('int_receivables_linked')), 'records': item},
    {'feed': touched_of(ref('int_payments_classified')), 'reaches': ref('int_receivables_linked'), 'records': item,
     'by': invoice, 'of': ['administration_id', 'document_id']},
]) -%}
{{ debt_event_rows(
    ref('int_receivable_events_accumulated'), ref('int_receivables_linked'), 'sales_invoice_id', 'invoice_number', touched
) }}
