{#- The one way back to cents: a sum of DECIMAL(18,2) is DECIMAL(38,2), which an enforced contract refuses. -#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{#- `amount` x `numerator` / `denominator`, all DECIMAL(18,2), in whole cents, half away from zero, never a float. -#}
{% macro share_of_amount(amount, numerator, denominator) -%}
    {{ return(adapter.dispatch('share_of_amount', 'dovecote')(amount, numerator, denominator)) }}
{%- endmacro %}

{% macro default__share_of_amount(amount, numerator, denominator) -%}
    cast(round(cast({{ amount }} as numeric) * ({{ numerator }}) / ({{ denominator }}), 2) as decimal(18, 2))
{%- endmacro %}

{#- DuckDB divides decimals as doubles, where 0.145 is 0.14499…: whole numbers of cents are divided instead. -#}
{% macro duckdb__share_of_amount(amount, numerator, denominator) -%}
    {%- set cents -%} cast(({{ amount }}) * 100 as hugeint) * cast(({{ numerator }}) * 100 as hugeint) {%- endset -%}
    {%- set parts -%} cast(({{ denominator }}) * 100 as hugeint) {%- endset -%}
    cast(
        sign({{ cents }}) * sign({{ parts }})
        * cast((2 * abs({{ cents }}) + abs({{ parts }})) // (2 * abs({{ parts }})) as decimal(18, 0))
        * cast(0.01 as decimal(3, 2))
        as decimal(18, 2)
    )
{%- endmacro %}

{#- `part` of `whole` in percent with two decimals, half away from zero; null when there is nothing to take it of. -#}
{% macro percentage_of(part, whole) -%}
    case
        when {{ whole }} <> 0
            then {{ share_of_amount(money('100'), money(part), money(whole)) }}
    end
{%- endmacro %}
