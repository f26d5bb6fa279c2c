{{ config(alias='stg_moneybird_history__external_invoices__payments') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

{{ staged_payment_versions('external_sales_invoices__payments', 'external_sales_invoice') }}
