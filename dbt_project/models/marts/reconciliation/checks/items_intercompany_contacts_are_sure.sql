{{ config(materialized='table') }}

with matches as (

    select * from {{ ref('dim_intercompany_contact') }}

),

contacts as (

    select * from {{ ref('dim_contact') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

final as (

    select
        matches.administration_id,
        cast(administrations.business_date as varchar) as period,
        administrations.business_date as item_date,
        'Contact' as document_type,
        contacts.contact_id as document_id,
        'looks like a company of the group by ' || replace(matches.method, '_', ' ') as item_kind,
        false as is_explained,
        cast(1 as decimal(18, 2)) as amount,
        contacts.contact_name as description,
        matches.contact_key

    from matches
    inner join contacts
        on matches.contact_key = contacts.contact_key
    inner join administrations
        on matches.administration_id = administrations.administration_id
    where
        matches.method not in ('confirmed', 'chamber_of_commerce')
        and not contacts.is_deleted
        and administrations.business_date >= matches.valid_from_date
        and administrations.business_date <= matches.valid_to_date

)

select * from final
