{{ config(materialized='table') }}

{{ control_account_items(
    'creditors', -1, ref('int_payable_events_accumulated'), ref('int_payables_linked'), 'document_id', 'Document'
) }}
