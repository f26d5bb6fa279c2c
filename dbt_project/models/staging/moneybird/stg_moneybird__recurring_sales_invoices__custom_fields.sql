{{ config(alias='stg_moneybird__recurring_invoices__custom_fields') }} -- PostgreSQL keeps 63 characters, of which dbt wants 12

{{ staged_custom_fields('recurring_sales_invoices__custom_fields', 'recurring_sales_invoice') }}
