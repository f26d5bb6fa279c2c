with source as (

    select * from {{ source('raw', 'default_identity') }}

),

renamed as (

    select
        administration_id,
        id as identity_id,

        {{ text_or_null('company_name') }} as company_name,
        {{ text_or_null('address1') }} as address1,
        {{ text_or_null('address2') }} as address2,
        {{ text_or_null('zipcode') }} as zipcode,
        {{ text_or_null('city') }} as city,
        {{ text_or_null('country') }} as country_code,
        {{ text_or_null('email') }} as email,
        {{ text_or_null('phone') }} as phone,
        {{ text_or_null('bank_account_name') }} as bank_account_name,
        {{ text_or_null('bank_account_number') }} as bank_account_number,
        {{ text_or_null('bank_account_bic') }} as bank_account_bic,
        {{ text_or_null('chamber_of_commerce') }} as chamber_of_commerce_number,
        {{ text_or_null('tax_number') }} as tax_number,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
