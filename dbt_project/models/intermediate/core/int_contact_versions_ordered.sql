{{ config(materialized='table') }}

{%- set columns = [
    'company_name', 'firstname', 'lastname', 'customer_number', 'zipcode', 'city', 'country_code',
    'tax_number', 'is_tax_number_valid', 'chamber_of_commerce_number', 'is_archived', 'is_deleted',
    'tax_number_validated_at'
] -%}
with current_versions as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

superseded_versions as (

    select * from {{ ref('stg_moneybird_history__contacts') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

{{ dated_versions('contact_id', [contact_name() ~ ' as contact_name'] + columns) }},

keyed as (

    select
        {{ member_key('dated.contact_id', 'dated.administration_id') }}
        || '-' || cast(dated.version_number as varchar) as contact_version_key,
        dated.*

    from dated

)

select * from keyed
