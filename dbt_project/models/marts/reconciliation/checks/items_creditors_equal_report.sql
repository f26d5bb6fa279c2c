{{ config(materialized='table') }}

{{ debts_report_items('creditors', -1, 'report_creditors') }}
