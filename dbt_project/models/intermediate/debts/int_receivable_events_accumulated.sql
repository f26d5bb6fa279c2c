{{ config(materialized='table') }}

{{ debt_events_in_order(ref('int_receivable_events_unioned'), ref('int_receivables_linked'), 'sales_invoice_id') }}
