{{ staged_payments('receipts__payments', 'receipt') }}
