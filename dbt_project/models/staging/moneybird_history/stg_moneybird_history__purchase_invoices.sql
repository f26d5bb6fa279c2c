{{ staged_document_versions(
    'purchase_invoices', 'purchase_invoice', 'date', 'reference', 'cast(null as varchar)', 'cast(null as date)', 'cast(null as date)',
    "'new', 'saved'"
) }}
