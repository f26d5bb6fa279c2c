{{ config(materialized='table') }}

{{ debts_report_items('debtors', 1, 'report_debtors') }}
