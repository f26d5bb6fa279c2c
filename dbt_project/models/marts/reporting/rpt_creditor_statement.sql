{{ debt_statement(ref('fct_payable_event'), 'item_document_id') }}
