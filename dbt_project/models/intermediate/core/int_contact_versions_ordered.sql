{{ config(materialized='table') }}

{%- set columns = [
    'company_name', 'firstname', 'lastname', 'customer_number', 'zipcode', 'city', 'country_code',
    'tax_number', 'is_tax_number_valid', 'chamber_of_commerce_number', 'is_archived', 'is_deleted',
    'tax_number_validated_at'
] -%}
with current_contacts as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

superseded_contacts as (

    select * from {{ ref('stg_moneybird_history__contacts') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

unioned as (

    select
        administration_id,
        contact_id,
        {{ contact_name() }} as contact_name,
        {{ columns | join(',\n        ') }},
        valid_from_at

    from superseded_contacts

    union all

    select
        administration_id,
        contact_id,
        {{ contact_name() }} as contact_name,
        {{ columns | join(',\n        ') }},
        _changed_at as valid_from_at

    from current_contacts

),

numbered as (

    select
        unioned.*,
        cast(row_number() over contact_versions as integer) as version_number,
        lead(valid_from_at) over contact_versions as valid_to_at

    from unioned
    window contact_versions as (partition by administration_id, contact_id order by valid_from_at)

),

-- What a contact was before we first read it is not known: its first version counts for everything before.
dated as (

    select
        {{ member_key('numbered.contact_id', 'numbered.administration_id') }}
        || '-' || cast(numbered.version_number as varchar) as contact_version_key,
        numbered.administration_id,
        numbered.contact_id,
        numbered.version_number,
        numbered.contact_name,
        {%- for column in columns %}
        numbered.{{ column }},
        {%- endfor %}
        numbered.valid_from_at,
        numbered.valid_to_at,
        case
            when numbered.version_number = 1 then cast('1900-01-01' as date)
            else {{ local_date('numbered.valid_from_at', 'administrations.time_zone') }}
        end as valid_from_date,
        {{ local_date('numbered.valid_to_at', 'administrations.time_zone') }} as valid_to_date

    from numbered
    left join administrations
        on numbered.administration_id = administrations.administration_id

)

select * from dated
