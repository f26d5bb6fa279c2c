{{ debt_events(ref('int_payables_linked'), ref('int_payable_payments_unioned'), 'document_id') }}
