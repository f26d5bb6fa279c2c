{%- set item = ['administration_id', 'item_document_id'] -%}
{%- set touched = incremental_records(
    records=item, keys={'administration_id': 'administration_id', 'item_document_id': 'item_document_id'}, feeds=[
    {'feed': touched_of(ref('int_payables_linked')), 'records': ['administration_id', 'document_id']},
]) -%}
{{ debt_events_in_order(ref('int_payable_events_unioned'), ref('int_payables_linked'), 'document_id', touched) }}
