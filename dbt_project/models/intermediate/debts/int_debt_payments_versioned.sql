{#- Payments that are listed now, and that were listed before; see int_debt_documents_versioned. -#}
{% set payments = {
    'sales_invoices': 'sales_invoice', 'external_sales_invoices': 'external_sales_invoice',
    'purchase_invoices': 'purchase_invoice', 'receipts': 'receipt',
} -%}
with
{%- for table in payments %}
{{ table }} as (

    select * from {{ ref('stg_moneybird__' ~ table ~ '__payments') }}

),

{{ table }}_history as (

    select * from {{ ref('stg_moneybird_history__' ~ table ~ '__payments') }}

),
{% endfor %}
unioned as (
    {% for table, entity in payments.items() %}
    select
        administration_id,
        {{ entity }}_id as document_id,
        line_position,
        payment_id,
        amount,
        base_amount,
        payment_date,
        _changed_at as known_from,
        cast(null as timestamp with time zone) as known_to

    from {{ table }}
    where not is_deleted

    union all

    select
        administration_id,
        {{ entity }}_id as document_id,
        line_position,
        payment_id,
        amount,
        base_amount,
        payment_date,
        valid_from_at as known_from,
        valid_to_at as known_to

    from {{ table }}_history
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unioned
