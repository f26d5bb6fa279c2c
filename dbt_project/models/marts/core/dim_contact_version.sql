with versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

keyed as (

    select
        contact_version_key,
        {{ entity_key('contact_id') }} as contact_key,
        administration_id,
        version_number,
        contact_name,
        company_name,
        firstname,
        lastname,
        customer_number,
        zipcode,
        city,
        country_code,
        tax_number,
        is_tax_number_valid,
        chamber_of_commerce_number,
        is_archived,
        is_deleted,
        tax_number_validated_at,
        valid_from_at,
        valid_to_at,
        valid_from_date,
        valid_to_date,
        valid_to_at is null as is_current

    from versions

),

-- Nobody, and contacts of which only the id is known, are always the same.
without_history as (

    select
        contact_key || '-1' as contact_version_key,
        contact_key,
        administration_id,
        1 as version_number,
        contact_name,
        company_name,
        firstname,
        lastname,
        customer_number,
        zipcode,
        city,
        country_code,
        tax_number,
        is_tax_number_valid,
        chamber_of_commerce_number,
        is_archived,
        is_deleted,
        tax_number_validated_at,
        cast(null as timestamp with time zone) as valid_from_at,
        cast(null as timestamp with time zone) as valid_to_at,
        cast('1900-01-01' as date) as valid_from_date,
        cast(null as date) as valid_to_date,
        true as is_current

    from contacts
    where is_unknown or contact_id is null

),

final as (

    select * from keyed
    union all
    select * from without_history

)

select * from final
