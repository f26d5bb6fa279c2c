{{ staged_line_versions('purchase_invoices__details', 'purchase_invoice') }}
