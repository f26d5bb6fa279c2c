{{ config(alias='stg_moneybird__purchase_invoices__allocations') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

{{ staged_fiscal_allocations('purchase_invoices__fiscal_allocations', 'purchase_invoice') }}
