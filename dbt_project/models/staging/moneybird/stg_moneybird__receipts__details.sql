{{ staged_lines('receipts__details', 'receipt') }}
