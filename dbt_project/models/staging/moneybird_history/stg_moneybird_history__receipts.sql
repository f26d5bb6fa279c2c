{{ staged_document_versions(
    'receipts', 'receipt', 'date', 'reference', 'cast(null as varchar)', 'cast(null as date)', 'cast(null as date)',
    "'new', 'saved'"
) }}
