{#- First and last day of the month a date lies in. date_trunc gives a timestamp on both engines. -#}
{% macro month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

{% macro month_end(date) -%}
    cast(date_trunc('month', {{ date }}) + interval '1 month' as date) - 1
{%- endmacro %}

{#- The month as people write it: 2026-10. -#}
{% macro month_text(date) -%}
    substring(cast({{ date }} as varchar) from 1 for 7)
{%- endmacro %}

{#- The calendar date of a UTC moment where the administration lives. -#}
{% macro local_date(moment, time_zone) -%}
    cast({{ moment }} at time zone {{ time_zone }} as date)
{%- endmacro %}

{#- A zone this engine knows: Amsterdam for one that it does not, for which every date would be an error. -#}
{% macro known_time_zone(time_zone) -%}
    case
        when {{ time_zone }} in (select zones.name from {{ adapter.dispatch('time_zones', 'dovecote')() }} as zones)
            then {{ time_zone }}
        else 'Europe/Amsterdam'
    end
{%- endmacro %}

{% macro default__time_zones() -%}pg_timezone_names{%- endmacro %}

{% macro duckdb__time_zones() -%}pg_timezone_names(){%- endmacro %}

{#- Whole minutes between two moments, rounded down. -#}
{% macro minutes_between(start, finish) -%}
    cast(floor(extract(epoch from ({{ finish }} - {{ start }})) / 60) as integer)
{%- endmacro %}

{#- A relation with the single column `number`: 0 to `last`, both included. -#}
{% macro whole_numbers(last) -%}
    (select counted.number from generate_series(0, {{ last }}) as counted(number))
{%- endmacro %}

{#- The `months`-th month after a first day of a month. -#}
{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch('add_months', 'dovecote')(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    cast({{ date }} + {{ months }} * interval '1 month' as date)
{%- endmacro %}

{% macro duckdb__add_months(date, months) -%}
    cast({{ date }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{#- One end of a line's period (`20260101..20261231`): the date whose eight digits start at `position`. -#}
{% macro period_date(column, position) -%}
    case when length({{ column }}) = 18 then
        cast(
            substring({{ column }} from {{ position }} for 4) || '-'
            || substring({{ column }} from {{ position + 4 }} for 2) || '-'
            || substring({{ column }} from {{ position + 6 }} for 2)
            as date
        )
    end
{%- endmacro %}

{#- Hours with decimals as whole minutes, half up. -#}
{% macro whole_minutes(hours) -%}
    cast(round(cast({{ hours }} as decimal(18, 6)) * 60, 0) as integer)
{%- endmacro %}
