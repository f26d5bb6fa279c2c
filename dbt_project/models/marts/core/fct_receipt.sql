{{ purchase_documents('receipt', 'Receipt') }}
