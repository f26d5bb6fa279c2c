{{ staged_payment_versions('sales_invoices__payments', 'sales_invoice') }}
