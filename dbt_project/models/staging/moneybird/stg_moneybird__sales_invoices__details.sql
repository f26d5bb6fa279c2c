{{ staged_lines('sales_invoices__details', 'sales_invoice') }}
