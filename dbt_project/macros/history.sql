{#- Superseded and present versions of what a debt is made of, by the time they were known to us. -#}

{#- A version that was replaced, with the time it was known: from the load that brought it to the one that replaced it. -#}
{% macro staged_versions(table, id, columns) -%}
with source as (

    select * from {{ source('raw_history', table) }}

),

renamed as (

    select
        administration_id,
        {{ id }},
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}

        _valid_from as valid_from_at,
        _valid_to as valid_to_at

    from source

)

select * from renamed
{%- endmacro %}

{#- A document with an amount: invoice or receipt. `number` and `original` are the columns that hold them. -#}
{% macro staged_document_versions(table, entity, date, number, original, marked_dubious, marked_uncollectible, unsent) -%}
{{ staged_versions(table, 'id as ' ~ entity ~ '_id', [
    'contact_id',
    original ~ ' as original_' ~ entity ~ '_id',
    text_or_null(number) ~ ' as document_number',
    text_or_null('currency') ~ ' as currency_code',
    'total_price_incl_tax as total_incl_amount',
    'total_price_incl_tax_base as total_incl_base_amount',
    'coalesce(state in (' ~ unsent ~ '), false) as is_draft',
    date ~ ' as invoice_date',
    'due_date',
    marked_dubious ~ ' as marked_dubious_date',
    marked_uncollectible ~ ' as marked_uncollectible_date',
]) }}
{%- endmacro %}

{#- A payment of such a document; known as long as the version of the document it hangs from. -#}
{% macro staged_payment_versions(table, entity) -%}
{{ staged_versions(table, entity ~ '_id', [
    'row_number as line_position', 'id as payment_id', 'price as amount', 'price_base as base_amount', 'payment_date'
]) }}
{%- endmacro %}

{#- A line of such a document: what it booked, and where. -#}
{% macro staged_line_versions(table, entity) -%}
{{ staged_versions(table, entity ~ '_id', [
    'row_number as line_position', 'ledger_account_id', 'total_price_excl_tax_with_discount_base as net_base_amount'
]) }}
{%- endmacro %}
