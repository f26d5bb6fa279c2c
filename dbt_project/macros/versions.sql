{#- Joins a record to the version of its contact on `date`: the newest one when the record has no date yet. -#}
{% macro contact_version_is_valid(relation, date) -%}
    {{ relation }}.administration_id = contact_versions.administration_id
            and {{ relation }}.contact_id = contact_versions.contact_id
            and contact_versions.valid_from_date <= coalesce({{ date }}, cast('9999-12-30' as date))
            and coalesce(contact_versions.valid_to_date, cast('9999-12-31' as date))
            > coalesce({{ date }}, cast('9999-12-30' as date))
{%- endmacro %}

{#- A column of the customer: as the sent invoice froze it, else of the version that was joined. Every contact has a country,
    so where the invoice has none nothing was frozen: no invoice of ours, or loaded before the copy was kept. A number that
    the invoice lacks is the contact's: it was asked for afterwards, and the statement cannot be filed without. -#}
{% macro customer_as_sent(relation, column) -%}
    {%- set frozen = 'is_sent_' ~ column[3:] if column.startswith('is_') else 'sent_' ~ column -%}
    {%- set told_by = 'sent_tax_number' if 'tax_number' in column else 'sent_country_code' %}
    case
            when {{ relation }}.{{ told_by }} is not null then {{ relation }}.{{ frozen }}
            else contact_versions.{{ column }}
        end
{%- endmacro %}

{#- The version that was joined; contacts of which only the id is known, and nobody, have a single one. -#}
{% macro contact_version_key(relation) -%}
    coalesce(
            contact_versions.contact_version_key,
            {{ member_key(relation ~ '.contact_id', relation ~ '.administration_id') }} || '-1'
        )
{%- endmacro %}

{#- CTEs `unioned`, `numbered` and `dated`: the versions of a record in order, from the CTEs current_versions,
superseded_versions and administrations, with the days in its time zone on which each counts. `columns` may be
expressions with a name. What a record was before we first read it is not known: its first version counts for
everything before. -#}
{% macro dated_versions(id, columns) -%}
unioned as (

    select
        administration_id,
        {{ id }},
        {{ columns | join(',\n        ') }},
        valid_from_at

    from superseded_versions

    union all

    select
        administration_id,
        {{ id }},
        {{ columns | join(',\n        ') }},
        _changed_at as valid_from_at

    from current_versions

),

numbered as (

    select
        unioned.*,
        cast(row_number() over versions as integer) as version_number,
        lead(valid_from_at) over versions as valid_to_at

    from unioned
    window versions as (partition by administration_id, {{ id }} order by valid_from_at)

),

dated as (

    select
        numbered.*,
        case
            when numbered.version_number = 1 then cast('1900-01-01' as date)
            else {{ local_date('numbered.valid_from_at', 'administrations.time_zone') }}
        end as valid_from_date,
        {{ local_date('numbered.valid_to_at', 'administrations.time_zone') }} as valid_to_date

    from numbered
    left join administrations
        on numbered.administration_id = administrations.administration_id

)
{%- endmacro %}
