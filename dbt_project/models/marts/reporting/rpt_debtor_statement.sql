{{ debt_statement(ref('fct_receivable_event'), 'item_sales_invoice_id') }}
