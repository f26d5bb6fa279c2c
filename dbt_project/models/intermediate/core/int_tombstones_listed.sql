{#- Per kind of record: staging model, id, and what tells a reader which one it was (text, date, amount, contact). -#}
{%- set nothing = {'text': 'cast(null as varchar)', 'date': 'cast(null as date)',
    'amount': 'cast(null as decimal(18, 2))', 'contact': 'cast(null as varchar)'} -%}
{%- set invoiced = {'date': 'invoice_date', 'amount': 'total_incl_base_amount', 'contact': 'contact_id'} -%}
{%- set named_by = {'contact': 'contact_id'} -%}
{%- set records = {
    'administration': ('administrations', 'administration_id', {'text': 'administration_name'}),
    'contact': ('contacts', 'contact_id', dict(named_by, text=contact_name())),
    'sales invoice': (
        'sales_invoices', 'sales_invoice_id', dict(invoiced, text='coalesce(invoice_number, reference)')
    ),
    'external sales invoice': (
        'external_sales_invoices', 'external_sales_invoice_id', dict(invoiced, text='reference')
    ),
    'estimate': (
        'estimates', 'estimate_id',
        dict(invoiced, text='coalesce(estimate_number, reference)', date='estimate_date')
    ),
    'recurring sales invoice': (
        'recurring_sales_invoices', 'recurring_sales_invoice_id', dict(invoiced, text='reference', date='start_date')
    ),
    'purchase invoice': ('purchase_invoices', 'purchase_invoice_id', dict(invoiced, text='reference')),
    'receipt': ('receipts', 'receipt_id', dict(invoiced, text='reference')),
    'general journal document': (
        'general_journal_documents', 'general_journal_document_id', {'text': 'reference', 'date': 'journal_date'}
    ),
    'general document': (
        'general_documents', 'general_document_id', dict(named_by, text='reference', date='document_date')
    ),
    'typeless document': (
        'typeless_documents', 'typeless_document_id', dict(named_by, text='reference', date='document_date')
    ),
    'financial account': ('financial_accounts', 'financial_account_id', {'text': 'financial_account_name'}),
    'financial mutation': (
        'financial_mutations', 'financial_mutation_id',
        {'text': 'message', 'date': 'mutation_date', 'amount': 'amount'}
    ),
    'purchase transaction': (
        'purchase_transactions', 'purchase_transaction_id',
        dict(named_by, text='description', date='payment_date', amount='amount')
    ),
    'asset': ('assets', 'asset_id', {'text': 'asset_name', 'amount': 'purchase_amount'}),
    'ledger account': ('ledger_accounts', 'ledger_account_id', {'text': 'account_name'}),
    'tax rate': ('tax_rates', 'tax_rate_id', {'text': 'tax_rate_name'}),
    'project': ('projects', 'project_id', {'text': 'project_name'}),
    'user': ('users', 'user_id', {'text': 'user_name'}),
    'product': ('products', 'product_id', {'text': 'product_name'}),
    'workflow': ('workflows', 'workflow_id', {'text': 'workflow_name'}),
    'document style': ('document_styles', 'document_style_id', {'text': 'document_style_name'}),
    'identity': ('identities', 'identity_id', {'text': 'company_name'}),
    'default identity': ('default_identity', 'identity_id', {'text': 'company_name'}),
    'custom field': ('custom_fields', 'custom_field_id', {'text': 'custom_field_name'}),
    'subscription template': ('subscription_templates', 'subscription_template_id', {}),
    'time entry': ('time_entries', 'time_entry_id', dict(named_by, text='description')),
} -%}
with listed as (
    {% for kind, (model, id, shown) in records.items() %}
    {%- set shown = dict(nothing, **shown) %}
    select
        administration_id,
        '{{ kind }}' as record_kind,
        {{ id }} as record_id,
        {{ shown['text'] }} as description,
        {{ shown['date'] }} as record_date,
        {{ shown['amount'] }} as base_amount,
        {{ shown['contact'] }} as contact_id,
        _deleted_at as deleted_at

    from {{ ref('stg_moneybird__' ~ model) }}
    where is_deleted
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from listed
