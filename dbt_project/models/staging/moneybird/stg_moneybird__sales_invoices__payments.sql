{{ staged_payments('sales_invoices__payments', 'sales_invoice') }}
