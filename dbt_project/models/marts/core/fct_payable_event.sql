{%- set item = ['administration_id', 'item_document_id'] -%}
{%- set document = ['administration_id', 'document_id'] -%}
{%- set touched = incremental_records(
    records=item, keys={'item_key': entity_key('item_document_id')}, is_feed=true, feeds=[
    {'feed': touched_of(ref('int_payables_linked')), 'records': document},
    {'feed': touched_of(ref('int_payments_classified')), 'records': document},
]) -%}
{{ debt_event_rows(
    ref('int_payable_events_accumulated'), ref('int_payables_linked'), 'document_id', 'reference', touched
) }}
