{{ staged_document_versions(
    'sales_invoices', 'sales_invoice', 'invoice_date', 'invoice_id', 'original_sales_invoice_id', 'marked_dubious_on',
    'marked_uncollectible_on', "'draft', 'scheduled'"
) }}
