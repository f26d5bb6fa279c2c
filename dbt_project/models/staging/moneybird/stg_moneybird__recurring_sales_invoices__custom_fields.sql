{{ staged_custom_fields('recurring_sales_invoices__custom_fields', 'recurring_sales_invoice') }}
