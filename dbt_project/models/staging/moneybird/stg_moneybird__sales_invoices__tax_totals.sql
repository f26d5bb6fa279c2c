{{ staged_tax_totals('sales_invoices__tax_totals', 'sales_invoice') }}
