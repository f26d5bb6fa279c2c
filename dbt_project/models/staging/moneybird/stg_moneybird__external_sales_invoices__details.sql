{{ staged_lines('external_sales_invoices__details', 'external_sales_invoice') }}
