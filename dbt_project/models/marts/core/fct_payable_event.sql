{{ debt_event_rows(
    ref('int_payable_events_accumulated'), ref('int_payables_linked'), 'document_id', 'reference'
) }}
