{{ staged_line_versions('receipts__details', 'receipt') }}
