{%- set records = {
    'administration': ('stg_moneybird__administrations', 'administration_id'),
    'contact': ('stg_moneybird__contacts', 'contact_id'),
    'sales invoice': ('stg_moneybird__sales_invoices', 'sales_invoice_id'),
    'external sales invoice': ('stg_moneybird__external_sales_invoices', 'external_sales_invoice_id'),
    'ledger account': ('stg_moneybird__ledger_accounts', 'ledger_account_id'),
    'tax rate': ('stg_moneybird__tax_rates', 'tax_rate_id'),
    'project': ('stg_moneybird__projects', 'project_id'),
    'user': ('stg_moneybird__users', 'user_id'),
    'time entry': ('stg_moneybird__time_entries', 'time_entry_id'),
} -%}
with listed as (
    {% for kind, (model, id) in records.items() %}
    select
        administration_id,
        '{{ kind }}' as record_kind,
        {{ id }} as record_id,
        _deleted_at as deleted_at

    from {{ ref(model) }}
    where is_deleted
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from listed
