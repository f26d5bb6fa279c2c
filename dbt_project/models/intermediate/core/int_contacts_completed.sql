with listed as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'contact'

),

unknown as (

    select
        named.administration_id,
        named.record_id as contact_id

    from named
    left join listed
        on
            named.administration_id = listed.administration_id
            and named.record_id = listed.contact_id
    where listed.contact_id is null

),

completed as (

    select
        administration_id,
        contact_id,
        {{ contact_name() }} as contact_name,
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
        false as is_unknown,
        tax_number_validated_at

    from listed

    union all

    select
        administration_id,
        contact_id,
        'Contact ' || contact_id as contact_name,
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
        true as is_unknown,
        cast(null as timestamp with time zone) as tax_number_validated_at

    from unknown

)

select * from completed
