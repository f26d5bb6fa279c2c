{{ staged_lines('purchase_invoices__details', 'purchase_invoice') }}
