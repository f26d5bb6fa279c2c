{#- Letters and digits only, upper case; null when nothing is left. -#}
{% macro compact(text) -%}
    nullif({{ strip_pattern('upper(' ~ text ~ ')', '[^A-Z0-9]') }}, '')
{%- endmacro %}

{#- Text without what matches a pattern, everywhere. -#}
{% macro strip_pattern(text, pattern) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '', 'g')
{%- endmacro %}

{#- A number of the chamber of commerce: eight digits, zeros in front; a branch's twelve are no company's number. -#}
{% macro kvk_number(text) -%}
    case
        when length({{ strip_pattern(text, '[^0-9]') }}) between 6 and 8
            then lpad({{ strip_pattern(text, '[^0-9]') }}, 8, '0')
    end
{%- endmacro %}

{#- A VAT number as a register writes it: capitals without signs, save the + and * of old Irish ones; Greece writes EL where
    its country code is GR. -#}
{% macro vat_number(text) -%}
    {%- set number = strip_pattern('upper(' ~ text ~ ')', '[^A-Z0-9+*]') -%}
    nullif(case when {{ number }} like 'GR%' then 'EL' || substring({{ number }} from 3) else {{ number }} end, '')
{%- endmacro %}

{#- One that tells companies apart. A number can be four characters (Romania), but what people type instead of one is short
    too, and a match moves amounts between companies. -#}
{% macro telling_vat_number(text) -%}
    case when length({{ vat_number(text) }}) >= 8 then {{ vat_number(text) }} end
{%- endmacro %}

{#- A company's name without signs and legal form. Holding is no legal form. -#}
{% macro company_name_text(text) -%}
    nullif({{ strip_pattern(
        strip_pattern('upper(' ~ text ~ ')', '(^|[ ,.])(B[.]?V[.]?|N[.]?V[.]?|V[.]?O[.]?F[.]?|GMBH|LTD)[ .]*$'), '[^A-Z0-9]'
    ) }}, '')
{%- endmacro %}
