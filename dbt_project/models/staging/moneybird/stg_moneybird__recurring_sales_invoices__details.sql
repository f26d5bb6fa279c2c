{{ staged_lines('recurring_sales_invoices__details', 'recurring_sales_invoice') }}
