{{ staged_fiscal_allocations('purchase_invoices__fiscal_allocations', 'purchase_invoice') }}
