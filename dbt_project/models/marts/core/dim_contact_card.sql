with contacts as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

final as (

    select
        {{ entity_key('contact_id') }} as contact_key,
        administration_id,
        contact_id,
        {{ contact_name() }} as contact_name,
        customer_number,
        company_name,
        firstname,
        lastname,
        address1,
        address2,
        zipcode,
        city,
        country_code,
        phone,
        tax_number,
        chamber_of_commerce_number,
        bank_account_number,
        send_invoices_to_attention,
        send_invoices_to_email,
        send_estimates_to_attention,
        send_estimates_to_email,
        is_archived,
        is_deleted,
        updated_at

    from contacts

)

select * from final
