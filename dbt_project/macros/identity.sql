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

{#- A VAT number without signs; Greece writes EL where its country code is GR. -#}
{% macro vat_number(text) -%}
    case
        when length({{ compact(text) }}) >= 8
            then case
                when substring({{ compact(text) }} from 1 for 2) = 'GR' then 'EL' || substring({{ compact(text) }} from 3)
                else {{ compact(text) }}
            end
    end
{%- endmacro %}

{#- A company's name without signs and legal form. Holding is no legal form. -#}
{% macro company_name_text(text) -%}
    nullif({{ strip_pattern(
        strip_pattern('upper(' ~ text ~ ')', '(^|[ ,.])(B[.]?V[.]?|N[.]?V[.]?|V[.]?O[.]?F[.]?|GMBH|LTD)[ .]*$'), '[^A-Z0-9]'
    ) }}, '')
{%- endmacro %}
