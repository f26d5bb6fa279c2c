{{ config(materialized='table') }}

{{ control_account_items(
    'debtors', 1, ref('int_receivable_events_accumulated'), ref('int_receivables_linked'), 'sales_invoice_id'
) }}
