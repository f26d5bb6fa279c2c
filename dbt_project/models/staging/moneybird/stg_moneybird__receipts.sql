{{ staged_purchases('receipts', 'receipt') }}
