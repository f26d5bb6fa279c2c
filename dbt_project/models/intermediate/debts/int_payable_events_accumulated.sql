{{ config(materialized='table') }}

{{ debt_events_in_order(ref('int_payable_events_unioned'), ref('int_payables_linked'), 'document_id') }}
