{#- `["NL/3b", "NL/3a"]` as `NL/3b, NL/3a`; an empty or missing list is null. Codes hold no quotes. -#}
{% macro json_list_text(column) -%}
    {%- set codes -%} replace(replace(replace({{ column }}, '[', ''), ']', ''), '"', '') {%- endset -%}
    nullif(trim(replace(replace({{ codes }}, ', ', ','), ',', ', ')), '')
{%- endmacro %}

{#- Whether a JSON list of codes holds `code`. -#}
{% macro json_list_holds(column, code) -%}
    coalesce({{ column }} like '%"{{ code }}"%', false)
{%- endmacro %}

{#- Empty text from forms and the missing value from other doors mean the same. -#}
{% macro text_or_null(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{#- A contact as people call it: company, else first and last name, else its number. -#}
{% macro contact_name() -%}
    coalesce(
        company_name,
        nullif(trim(coalesce(firstname, '') || ' ' || coalesce(lastname, '')), ''),
        'Contact ' || coalesce(customer_number, contact_id)
    )
{%- endmacro %}
