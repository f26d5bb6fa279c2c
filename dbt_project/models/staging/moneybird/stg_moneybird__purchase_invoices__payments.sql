{{ staged_payments('purchase_invoices__payments', 'purchase_invoice') }}
