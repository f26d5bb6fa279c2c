{{ staged_tax_totals('external_sales_invoices__tax_totals', 'external_sales_invoice') }}
