{{ purchase_documents('purchase_invoice', 'PurchaseInvoice') }}
