with source as (

    select * from {{ source('raw', 'contacts') }}

),

renamed as (

    select
        administration_id,
        id as contact_id,
        {{ text_or_null('customer_id') }} as customer_number,
        {{ text_or_null('invoice_workflow_id') }} as invoice_workflow_id,
        {{ text_or_null('estimate_workflow_id') }} as estimate_workflow_id,
        version as record_version,

        {{ text_or_null('company_name') }} as company_name,
        {{ text_or_null('firstname') }} as firstname,
        {{ text_or_null('lastname') }} as lastname,
        {{ text_or_null('attention') }} as attention,
        {{ text_or_null('address1') }} as address1,
        {{ text_or_null('address2') }} as address2,
        {{ text_or_null('zipcode') }} as zipcode,
        {{ text_or_null('city') }} as city,
        {{ text_or_null('country') }} as country_code,
        {{ text_or_null('phone') }} as phone,
        {{ text_or_null('email') }} as email,
        {{ text_or_null('delivery_method') }} as delivery_method,
        {{ text_or_null('tax_number') }} as tax_number,
        {{ text_or_null('chamber_of_commerce') }} as chamber_of_commerce_number,
        {{ text_or_null('bank_account') }} as bank_account_number,
        {{ text_or_null('send_invoices_to_attention') }} as send_invoices_to_attention,
        {{ text_or_null('send_invoices_to_email') }} as send_invoices_to_email,
        {{ text_or_null('send_estimates_to_attention') }} as send_estimates_to_attention,
        {{ text_or_null('send_estimates_to_email') }} as send_estimates_to_email,
        {{ text_or_null('sepa_iban') }} as sepa_iban,
        {{ text_or_null('sepa_iban_account_name') }} as sepa_iban_account_name,
        {{ text_or_null('sepa_bic') }} as sepa_bic,
        {{ text_or_null('sepa_mandate_id') }} as sepa_mandate_id,
        {{ text_or_null('sepa_sequence_type') }} as sepa_sequence_type,
        {{ text_or_null('si_identifier') }} as si_identifier,
        {{ text_or_null('si_identifier_type') }} as si_identifier_type,

        max_transfer_amount,

        tax_number_valid as is_tax_number_valid,
        coalesce(archived, false) as is_archived,
        coalesce(is_trusted, false) as is_trusted,
        coalesce(email_ubl, false) as is_ubl_emailed,
        coalesce(direct_debit, false) as is_direct_debit,
        coalesce(sepa_active, false) as is_sepa_active,
        coalesce(moneybird_payments_mandate, false) as has_moneybird_payments_mandate,
        _deleted_at is not null as is_deleted,

        sepa_mandate_date,

        tax_number_validated_at,
        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
