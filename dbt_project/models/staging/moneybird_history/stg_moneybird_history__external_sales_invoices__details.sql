{{ config(alias='stg_moneybird_history__external_invoices__details') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

{{ staged_line_versions('external_sales_invoices__details', 'external_sales_invoice') }}
