{{ debt_events(ref('int_receivables_linked'), ref('int_sales_invoice_payments_unioned'), 'sales_invoice_id') }}
