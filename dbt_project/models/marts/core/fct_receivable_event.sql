{{ debt_event_rows(
    ref('int_receivable_events_accumulated'), ref('int_receivables_linked'), 'sales_invoice_id', 'invoice_number'
) }}
