{{ staged_fiscal_allocations('receipts__fiscal_allocations', 'receipt') }}
