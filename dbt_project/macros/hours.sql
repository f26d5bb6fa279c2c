{#- What changes a time entry: the entry itself, and the invoice it is on. -#}
{% macro time_entry_feeds() -%}
    {%- set record = ['administration_id', 'time_entry_id'] -%}
    {{ return([
        {'feed': ref('stg_moneybird__time_entries'), 'records': record},
        {'feed': ref('stg_moneybird__sales_invoices'), 'reaches': ref('stg_moneybird__time_entries'), 'records': record,
         'by': ['administration_id', 'sales_invoice_id']},
        {'whole': ref('int_administrations_joined'), 'columns': ['administration_id', 'time_zone']},
    ]) }}
{%- endmacro %}

{#- What changes what an entry brought in: an invoice's line is divided over all entries on it, so with an entry go those on
    the invoice it is on and on the one it was on, which `invoice` of this model names. Payments mostly come with their
    invoice; whether one is money may also change by a bank line that carries it, or by the account's role. -#}
{% macro valued_time_entry_feeds(invoice) -%}
    {%- set others -%}
        select administration_id, time_entry_id from {{ ref('int_time_entries_measured') }}
        where (administration_id, sales_invoice_id) in (
            select administration_id, sales_invoice_id from {{ ref('int_time_entries_measured') }}
            where (administration_id, time_entry_id) in (select administration_id, time_entry_id from moved)
        )
        union
        select administration_id, time_entry_id from {{ this }}
        where (administration_id, {{ invoice }}) in (
            select administration_id, {{ invoice }} from {{ this }}
            where (administration_id, time_entry_id) in (select administration_id, time_entry_id from moved)
        )
    {%- endset -%}
    {{ return(time_entry_feeds() + [
        {'feed': touched_of(ref('int_payments_classified')), 'of': ['administration_id', 'document_id'],
         'reaches': ref('stg_moneybird__time_entries'), 'by': ['administration_id', 'sales_invoice_id'],
         'records': ['administration_id', 'time_entry_id']},
        {'spreads': others},
    ]) }}
{%- endmacro %}
