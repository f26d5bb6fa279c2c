{#- Schemas are exactly `staging`, `intermediate` and `marts`: no prefix per developer or target. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
