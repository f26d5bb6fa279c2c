{#- The key of a record across administrations; null when the record is not named. -#}
{% macro entity_key(id, administration_id='administration_id') -%}
    {{ administration_id }} || '-' || {{ id }}
{%- endmacro %}

{#- The member a fact points at when it names no record, or one that is gone, so that no join drops a line. -#}
{% macro none_key(administration_id='administration_id') -%}
    {{ administration_id }} || '-none'
{%- endmacro %}

{#- What a fact points at: the record it names, or the `none` member. Dimensions hold every id that is named anywhere. -#}
{% macro member_key(id, administration_id='administration_id') -%}
    {{ administration_id }} || '-' || coalesce({{ id }}, 'none')
{%- endmacro %}

{#- The left side of a key of an outer join that holds for some left rows only. Written as a condition of the join it makes
    DuckDB compare every row with every row: 100 000 invoices took minutes. -#}
{% macro key_when(condition, column) -%}
    case when {{ condition }} then {{ column }} end
{%- endmacro %}
