{#- What we hold now, and what we held before: one set of rows to ask "as known when". -#}
{% set documents = {
    'SalesInvoice': {'table': 'sales_invoices', 'id': 'sales_invoice_id', 'is_draft': 'is_draft', 'side': 'debtors',
        'original': 'original_sales_invoice_id', 'number': 'invoice_number', 'marks': true},
    'ExternalSalesInvoice': {'table': 'external_sales_invoices', 'id': 'external_sales_invoice_id',
        'is_draft': 'is_new', 'side': 'debtors', 'original': 'cast(null as varchar)', 'number': 'reference',
        'marks': true},
    'PurchaseInvoice': {'table': 'purchase_invoices', 'id': 'purchase_invoice_id', 'is_draft': 'is_unprocessed',
        'side': 'creditors', 'original': 'cast(null as varchar)', 'number': 'reference', 'marks': false},
    'Receipt': {'table': 'receipts', 'id': 'receipt_id', 'is_draft': 'is_unprocessed', 'side': 'creditors',
        'original': 'cast(null as varchar)', 'number': 'reference', 'marks': false},
} -%}
with
{%- for type, each in documents.items() %}
{{ each.table }} as (

    select * from {{ ref('stg_moneybird__' ~ each.table) }}

),

{{ each.table }}_history as (

    select * from {{ ref('stg_moneybird_history__' ~ each.table) }}

),
{% endfor %}
unioned as (
    {% for type, each in documents.items() %}
    select
        administration_id,
        '{{ each.side }}' as side,
        {{ each.id }} as document_id,
        '{{ type }}' as document_type,
        {{ each.original }} as original_document_id,
        contact_id,
        {{ each.number }} as document_number,
        currency_code,
        total_incl_amount,
        total_incl_base_amount,
        {{ each.is_draft }} as is_draft,
        invoice_date,
        due_date,
        {{ 'marked_dubious_date' if each.marks else 'cast(null as date) as marked_dubious_date' }},
        {{ 'marked_uncollectible_date' if each.marks else 'cast(null as date) as marked_uncollectible_date' }},
        _changed_at as known_from,
        cast(null as timestamp with time zone) as known_to

    from {{ each.table }}
    where not is_deleted

    union all

    select
        administration_id,
        '{{ each.side }}' as side,
        {{ each.id }} as document_id,
        '{{ type }}' as document_type,
        original_{{ each.id }} as original_document_id,
        contact_id,
        document_number,
        currency_code,
        total_incl_amount,
        total_incl_base_amount,
        is_draft,
        invoice_date,
        due_date,
        marked_dubious_date,
        marked_uncollectible_date,
        valid_from_at as known_from,
        valid_to_at as known_to

    from {{ each.table }}_history
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unioned
