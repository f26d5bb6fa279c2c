{#- Joins a record to the version of its contact on `date`: the newest one when the record has no date yet. -#}
{% macro contact_version_is_valid(relation, date) -%}
    {{ relation }}.administration_id = contact_versions.administration_id
            and {{ relation }}.contact_id = contact_versions.contact_id
            and contact_versions.valid_from_date <= coalesce({{ date }}, cast('9999-12-30' as date))
            and coalesce(contact_versions.valid_to_date, cast('9999-12-31' as date))
            > coalesce({{ date }}, cast('9999-12-30' as date))
{%- endmacro %}

{#- The version that was joined; contacts of which only the id is known, and nobody, have a single one. -#}
{% macro contact_version_key(relation) -%}
    coalesce(
            contact_versions.contact_version_key,
            {{ member_key(relation ~ '.contact_id', relation ~ '.administration_id') }} || '-1'
        )
{%- endmacro %}
