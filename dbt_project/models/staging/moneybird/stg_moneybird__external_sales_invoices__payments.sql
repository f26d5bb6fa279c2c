{{ staged_payments('external_sales_invoices__payments', 'external_sales_invoice') }}
