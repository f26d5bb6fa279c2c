{{ staged_custom_fields('sales_invoices__custom_fields', 'sales_invoice') }}
