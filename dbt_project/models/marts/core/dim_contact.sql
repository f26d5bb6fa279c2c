with administrations as (

    select * from {{ ref('dim_administration') }}

),

contacts as (

    select * from {{ ref('int_contacts_completed') }}

),

keyed as (

    select
        {{ entity_key('contact_id') }} as contact_key,
        administration_id,
        contact_id,
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
        is_unknown,
        tax_number_validated_at

    from contacts

),

none_members as (

    select
        {{ none_key() }} as contact_key,
        administration_id,
        cast(null as varchar) as contact_id,
        'No contact' as contact_name,
        cast(null as varchar) as company_name,
        cast(null as varchar) as firstname,
        cast(null as varchar) as lastname,
        cast(null as varchar) as customer_number,
        cast(null as varchar) as zipcode,
        cast(null as varchar) as city,
        cast(null as varchar) as country_code,
        cast(null as varchar) as tax_number,
        cast(null as boolean) as is_tax_number_valid,
        cast(null as varchar) as chamber_of_commerce_number,
        false as is_archived,
        false as is_deleted,
        false as is_unknown,
        cast(null as timestamp with time zone) as tax_number_validated_at

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
