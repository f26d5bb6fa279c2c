{%- set item = ['administration_id', 'item_sales_invoice_id'] -%}
{%- set touched = incremental_records(
    records=item, keys={'administration_id': 'administration_id', 'item_sales_invoice_id': 'item_sales_invoice_id'}, feeds=[
    {'feed': touched_of(ref('int_receivables_linked')), 'records': item},
]) -%}
{{ debt_events_in_order(
    ref('int_receivable_events_unioned'), ref('int_receivables_linked'), 'sales_invoice_id', touched
) }}
