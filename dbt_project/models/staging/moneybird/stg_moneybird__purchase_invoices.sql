{{ staged_purchases('purchase_invoices', 'purchase_invoice') }}
