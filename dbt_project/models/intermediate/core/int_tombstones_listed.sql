{%- set records = {
    'administration': ('stg_moneybird__administrations', 'administration_id'),
    'contact': ('stg_moneybird__contacts', 'contact_id'),
    'sales invoice': ('stg_moneybird__sales_invoices', 'sales_invoice_id'),
    'external sales invoice': ('stg_moneybird__external_sales_invoices', 'external_sales_invoice_id'),
    'estimate': ('stg_moneybird__estimates', 'estimate_id'),
    'recurring sales invoice': ('stg_moneybird__recurring_sales_invoices', 'recurring_sales_invoice_id'),
    'purchase invoice': ('stg_moneybird__purchase_invoices', 'purchase_invoice_id'),
    'receipt': ('stg_moneybird__receipts', 'receipt_id'),
    'general journal document': ('stg_moneybird__general_journal_documents', 'general_journal_document_id'),
    'general document': ('stg_moneybird__general_documents', 'general_document_id'),
    'typeless document': ('stg_moneybird__typeless_documents', 'typeless_document_id'),
    'financial account': ('stg_moneybird__financial_accounts', 'financial_account_id'),
    'financial mutation': ('stg_moneybird__financial_mutations', 'financial_mutation_id'),
    'purchase transaction': ('stg_moneybird__purchase_transactions', 'purchase_transaction_id'),
    'asset': ('stg_moneybird__assets', 'asset_id'),
    'ledger account': ('stg_moneybird__ledger_accounts', 'ledger_account_id'),
    'tax rate': ('stg_moneybird__tax_rates', 'tax_rate_id'),
    'project': ('stg_moneybird__projects', 'project_id'),
    'user': ('stg_moneybird__users', 'user_id'),
    'product': ('stg_moneybird__products', 'product_id'),
    'workflow': ('stg_moneybird__workflows', 'workflow_id'),
    'document style': ('stg_moneybird__document_styles', 'document_style_id'),
    'identity': ('stg_moneybird__identities', 'identity_id'),
    'default identity': ('stg_moneybird__default_identity', 'identity_id'),
    'custom field': ('stg_moneybird__custom_fields', 'custom_field_id'),
    'subscription template': ('stg_moneybird__subscription_templates', 'subscription_template_id'),
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
