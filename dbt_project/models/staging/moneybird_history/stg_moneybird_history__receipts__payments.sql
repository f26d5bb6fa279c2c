{{ staged_payment_versions('receipts__payments', 'receipt') }}
