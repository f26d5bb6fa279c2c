{{ staged_document_versions(
    'external_sales_invoices', 'external_sales_invoice', 'date', 'reference', 'cast(null as varchar)',
    'marked_dubious_on', 'marked_uncollectible_on', "'new'"
) }}
