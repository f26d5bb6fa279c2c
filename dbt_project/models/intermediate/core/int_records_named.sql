{{ config(materialized='table') }}

{%- set lines = [
    'stg_moneybird__sales_invoices__details',
    'stg_moneybird__external_sales_invoices__details',
    'stg_moneybird__estimates__details',
    'stg_moneybird__recurring_sales_invoices__details',
    'stg_moneybird__purchase_invoices__details',
    'stg_moneybird__receipts__details',
] -%}
{%- set payments = [
    'stg_moneybird__sales_invoices__payments',
    'stg_moneybird__external_sales_invoices__payments',
    'stg_moneybird__purchase_invoices__payments',
    'stg_moneybird__receipts__payments',
    'stg_moneybird__financial_mutations__payments',
] -%}
{%- set journal_lines = 'stg_moneybird__general_journal_documents__general_journal_document_entries' -%}
{%- set bookings = 'stg_moneybird__financial_mutations__ledger_account_bookings' -%}
{%- set subscriptions = 'stg_moneybird__recurring_sales_invoices__subscription' -%}
{%- set namers = {
    'contact': {'contact_id': [
        'stg_moneybird__sales_invoices',
        'stg_moneybird__external_sales_invoices',
        'stg_moneybird__estimates',
        'stg_moneybird__recurring_sales_invoices',
        subscriptions,
        'stg_moneybird__purchase_invoices',
        'stg_moneybird__receipts',
        'stg_moneybird__purchase_transactions',
        'stg_moneybird__general_documents',
        'stg_moneybird__typeless_documents',
        'stg_moneybird__time_entries',
        journal_lines,
        'stg_moneybird__journal_entries',
        'stg_moneybird__report_debtors',
        'stg_moneybird__report_creditors',
        'stg_moneybird__report_revenue_by_contact',
        'stg_moneybird__report_expenses_by_contact',
    ]},
    'project': {'project_id': lines + [
        'stg_moneybird__time_entries',
        bookings,
        journal_lines,
        'stg_moneybird__journal_entries',
        'stg_moneybird__report_revenue_by_project',
        'stg_moneybird__report_expenses_by_project',
    ]},
    'product': {'product_id': lines + [subscriptions, 'stg_moneybird__subscription_templates__products']},
    'tax rate': {'tax_rate_id': lines + [
        'stg_moneybird__sales_invoices__tax_totals',
        'stg_moneybird__external_sales_invoices__tax_totals',
        'stg_moneybird__estimates__tax_totals',
        'stg_moneybird__products',
        'stg_moneybird__journal_entries',
        'stg_moneybird__report_tax',
    ]},
    'user': {'user_id': ['stg_moneybird__time_entries']},
    'ledger account': {
        'ledger_account_id': lines + payments + [
            bookings,
            journal_lines,
            'stg_moneybird__products',
            'stg_moneybird__assets',
            'stg_moneybird__purchase_invoices__fiscal_allocations',
            'stg_moneybird__receipts__fiscal_allocations',
            'stg_moneybird__journal_entries',
            'stg_moneybird__general_ledger',
            'stg_moneybird__report_balance_sheet',
            'stg_moneybird__report_profit_loss',
        ],
        'private_ledger_account_id': [
            'stg_moneybird__purchase_invoices__fiscal_allocations',
            'stg_moneybird__receipts__fiscal_allocations',
        ],
    },
} -%}
-- A source names few records in many rows: each is added up by itself first.
with named as (
    {% for kind, columns in namers.items() %}
    {%- set last_kind = loop.last %}
    {%- for column, models in columns.items() %}
    {%- set last_column = loop.last %}
    {%- for model in models %}
    select
        administration_id,
        '{{ kind }}' as record_kind,
        {{ column }} as record_id,
        {{ 1 if model == 'stg_moneybird__journal_entries' else 0 }} as in_ledger,
        max(case when is_deleted then 0 else 1 end) as in_use

    from {{ ref(model) }}
    where {{ column }} is not null
    group by administration_id, {{ column }}
    {{ 'union all' if not (loop.last and last_column and last_kind) }}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}

),

grouped as (

    select
        administration_id,
        record_kind,
        record_id,
        max(in_use) = 1 as is_in_use,
        max(in_ledger * in_use) = 1 as is_in_ledger

    from named
    group by administration_id, record_kind, record_id

)

select * from grouped
