{{ staged_line_versions('sales_invoices__details', 'sales_invoice') }}
