with source as (

    select * from {{ source('raw_history', 'contacts') }}

),

renamed as (

    select
        administration_id,
        id as contact_id,
        {{ text_or_null('customer_id') }} as customer_number,

        {{ text_or_null('company_name') }} as company_name,
        {{ text_or_null('firstname') }} as firstname,
        {{ text_or_null('lastname') }} as lastname,
        {{ text_or_null('zipcode') }} as zipcode,
        {{ text_or_null('city') }} as city,
        {{ text_or_null('country') }} as country_code,
        {{ text_or_null('tax_number') }} as tax_number,
        {{ text_or_null('chamber_of_commerce') }} as chamber_of_commerce_number,

        tax_number_valid as is_tax_number_valid,
        coalesce(archived, false) as is_archived,
        _deleted_at is not null as is_deleted,

        tax_number_validated_at,
        updated_at,
        _valid_from as valid_from_at,
        _valid_to as valid_to_at

    from source

)

select * from renamed
