{{ staged_payment_versions('purchase_invoices__payments', 'purchase_invoice') }}
